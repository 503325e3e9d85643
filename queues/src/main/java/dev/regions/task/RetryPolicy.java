package dev.regions.task;

import com.google.errorprone.annotations.CheckReturnValue;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * How often a task is tried, how long it waits in between, and after which failures. Dependents wait for the last attempt.
 *
 * {@snippet file="SnippetsTest.java" region="retry"}
 *
 * <p>Between two attempts the task waits, and occupies no thread. The wait grows by a factor from one attempt to the next, up
 * to a maximum, and part of it is random, so that tasks that failed together do not all come back together (see Marc Brooker,
 * "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 *
 * <p>What it does unless told otherwise: no wait; attempts after every {@link Exception}, and after no {@link Error}. A task
 * that is cancelled is not tried again.
 *
 * <p>Immutable and thread-safe.
 */
@CheckReturnValue
@SuppressWarnings("exports") // an annotation that may be missing at run time, and when users compile
public final class RetryPolicy {
    private final int attempts;
    private final long firstNanos;
    private final double factor;
    private final long maxNanos;
    private final double jitter;
    private final Predicate<? super Throwable> after;

    private RetryPolicy(
            int attempts,
            long firstNanos,
            double factor,
            long maxNanos,
            double jitter,
            Predicate<? super Throwable> after) {
        this.attempts = attempts;
        this.firstNanos = firstNanos;
        this.factor = factor;
        this.maxNanos = maxNanos;
        this.jitter = jitter;
        this.after = after;
    }

    /**
     * Returns a policy of so many attempts, the first included.
     *
     * @throws IllegalArgumentException if there is not at least one
     */
    public static RetryPolicy maxAttempts(int attempts) {
        if (attempts < 1) {
            throw new IllegalArgumentException("a task needs at least 1 attempt, and was given " + attempts);
        }
        return new RetryPolicy(attempts, 0, 1, 0, 0, thrown -> thrown instanceof Exception);
    }

    /** Returns this policy with a wait before each attempt but the first, always the same. */
    public RetryPolicy backoff(Duration wait) {
        return backoff(Objects.requireNonNull(wait, "wait"), 1, wait);
    }

    /**
     * Returns this policy with waits that grow.
     *
     * @param first the wait before the second attempt
     * @param factor by how much each wait is longer than the one before
     * @param max the longest wait
     * @throws IllegalArgumentException if a wait is negative, the factor less than 1, or the first wait longer than the
     *     longest
     */
    public RetryPolicy backoff(Duration first, double factor, Duration max) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(max, "max");
        if (first.isNegative() || first.compareTo(max) > 0 || !(factor >= 1)) {
            throw new IllegalArgumentException(
                    "a backoff must grow from a wait of 0 or more, and not past its maximum: first " + first
                            + ", factor " + factor + ", maximum " + max);
        }
        return new RetryPolicy(
                attempts,
                TimeUnit.NANOSECONDS.convert(first),
                factor,
                TimeUnit.NANOSECONDS.convert(max),
                jitter,
                after);
    }

    /**
     * Returns this policy with a random part of each wait taken off.
     *
     * @param part the largest part, from 0 for none to 1 for all of it
     * @throws IllegalArgumentException if it is less than 0 or more than 1
     */
    public RetryPolicy jitter(double part) {
        if (!(part >= 0 && part <= 1)) {
            throw new IllegalArgumentException("jitter must be from 0 to 1, and was " + part);
        }
        return new RetryPolicy(attempts, firstNanos, factor, maxNanos, part, after);
    }

    /**
     * Returns this policy for failures of the given types, or of subtypes, alone.
     *
     * @throws NullPointerException if one of them is null
     */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public final RetryPolicy on(Class<? extends Throwable>... types) {
        Class<?>[] copy = Objects.requireNonNull(types, "types").clone();
        for (Class<?> type : copy) {
            Objects.requireNonNull(type, "one of the types");
        }
        return when(thrown -> {
            for (Class<?> type : copy) {
                if (type.isInstance(thrown)) {
                    return true;
                }
            }
            return false;
        });
    }

    /**
     * Returns this policy for those failures alone that pass a test.
     *
     * <p>The test is called after each attempt that has failed, on the worker that has run the body, at the root of the task's
     * runtime: no region is open there. Until it returns, the task is running. A scope that it leaves open is ended, with an
     * error that is logged.
     *
     * @param test gets what the body threw; if the test itself throws, there is no further attempt
     */
    public RetryPolicy when(Predicate<? super Throwable> test) {
        return new RetryPolicy(attempts, firstNanos, factor, maxNanos, jitter, Objects.requireNonNull(test, "test"));
    }

    /**
     * Returns how long to wait before the next attempt, in nanoseconds.
     *
     * @param made how many attempts there have been
     * @param thrown how the last of them failed
     * @return negative if there is to be no other
     */
    public long backoffNanos(int made, Throwable thrown) {
        if (made >= attempts || !after.test(thrown)) {
            return -1;
        }
        double wait = Math.min(maxNanos, firstNanos * Math.pow(factor, made - 1));
        return (long)
                (jitter == 0
                        ? wait
                        : wait * (1 - jitter * ThreadLocalRandom.current().nextDouble()));
    }

    @Override
    public String toString() {
        return attempts + " attempts, backoff of " + Duration.ofNanos(firstNanos) + " times " + factor + " up to "
                + Duration.ofNanos(maxNanos) + ", jitter " + jitter;
    }
}
