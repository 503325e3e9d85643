package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A task with retry")
@Timeout(60)
class RetryTest {
    private static final Duration LONG = Duration.ofHours(1);

    @Test
    @DisplayName("is tried until it succeeds; dependents wait for the last attempt")
    void untilSuccess() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Task<String> flaky = Tasks.builder().retry(RetryPolicy.maxAttempts(5)).spawn(() -> {
            if (attempts.incrementAndGet() < 4) {
                throw new IOException("attempt " + attempts);
            }
            return "attempt " + attempts;
        });
        Task<String> dependent = Tasks.spawn(flaky, result -> result + " of " + attempts);
        Task<String> after = Tasks.builder().after(flaky).spawn(() -> "after " + attempts);

        assertThat(dependent.join()).isEqualTo("attempt 4 of 4");
        assertThat(after.join()).isEqualTo("after 4");
        assertThat(flaky.taskState()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    @DisplayName("that waits for its next attempt still has its dependents wait, though it has failed before")
    void dependentsWaitThroughBackoff() throws Exception {
        RetryPolicy later = RetryPolicy.maxAttempts(2).backoff(LONG);
        Task<Integer> flaky = Tasks.builder().retry(later).spawn(() -> {
            throw new IOException("first");
        });
        Task<Integer> hard = Tasks.spawn(flaky, x -> x);
        Task<Integer> soft = Tasks.builder().after(flaky).spawn(() -> 1);
        org.awaitility.Awaitility.await().until(() -> flaky.taskState() == TaskState.WAITING);

        assertThat(List.of(hard.taskState(), soft.taskState())).containsOnly(TaskState.WAITING);
        flaky.cancel();
        assertThat(soft.join()).isEqualTo(1);
        assertThat(hard.taskState()).isEqualTo(TaskState.SKIPPED);
    }

    @Test
    @DisplayName("gets its arguments in every attempt")
    void arguments() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Task<Integer> one = Tasks.spawn(() -> 1);
        Task<Integer> two = Tasks.spawn(() -> 2);
        Task<Integer> sum = Tasks.builder()
                .retry(RetryPolicy.maxAttempts(3).backoff(Duration.ofMillis(1)))
                .spawn(one, two, (a, b) -> {
                    if (attempts.incrementAndGet() < 3) {
                        throw new IOException("not yet");
                    }
                    return a + b;
                });

        assertThat(sum.join()).isEqualTo(3);
    }

    @Test
    @DisplayName("fails with the failure of its last attempt")
    void lastFailure() {
        AtomicInteger attempts = new AtomicInteger();
        Task<?> task = Tasks.builder().retry(RetryPolicy.maxAttempts(3)).spawn(() -> {
            throw new IOException("attempt " + attempts.incrementAndGet());
        });

        assertThatThrownBy(task::join).hasRootCauseMessage("attempt 3");
        assertThat(attempts).hasValue(3);
    }

    @Test
    @DisplayName("is tried again after the failures that its policy names, and after no others")
    void whichFailures() {
        AtomicInteger attempts = new AtomicInteger();
        RetryPolicy policy = RetryPolicy.maxAttempts(5).on(IOException.class);
        Task<?> task = Tasks.builder().retry(policy).spawn(() -> {
            throw attempts.incrementAndGet() < 3 ? new FileNotFoundException() : new IllegalStateException("other");
        });

        assertThatThrownBy(task::join).hasRootCauseMessage("other");
        assertThat(attempts).hasValue(3);
    }

    @Test
    @DisplayName("is not tried again after an Error, unless its policy says so")
    void errors() {
        AtomicInteger attempts = new AtomicInteger();
        Task<?> plain = Tasks.builder().retry(RetryPolicy.maxAttempts(3)).spawn(() -> {
            attempts.incrementAndGet();
            throw new StackOverflowError("thrown by the body");
        });
        assertThatThrownBy(plain::join).hasCauseInstanceOf(StackOverflowError.class);
        assertThat(attempts).hasValue(1);

        Task<?> told = Tasks.builder()
                .retry(RetryPolicy.maxAttempts(3).on(StackOverflowError.class))
                .spawn(() -> {
                    attempts.incrementAndGet();
                    throw new StackOverflowError("thrown by the body");
                });
        assertThatThrownBy(told::join).hasCauseInstanceOf(StackOverflowError.class);
        assertThat(attempts).hasValue(4);
    }

    @Test
    @DisplayName("is not tried again if the test of its policy throws; the exception of the test is suppressed")
    void throwingTest() {
        RetryPolicy policy = RetryPolicy.maxAttempts(3).when(thrown -> {
            throw new IllegalStateException("the test");
        });
        Task<?> task = Tasks.builder().retry(policy).spawn(() -> {
            throw new IOException("the body");
        });

        assertThatThrownBy(task::join).cause().hasMessage("the body").satisfies(thrown -> assertThat(
                        thrown.getSuppressed())
                .singleElement()
                .hasToString("java.lang.IllegalStateException: the test"));
    }

    @Test
    @DisplayName(
            "waits without a thread in between, and can be cancelled then; soft successors need not wait for the backoff")
    void cancelledInBackoff() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        Task<?> task = Tasks.builder()
                .retry(RetryPolicy.maxAttempts(3).backoff(LONG))
                .spawn(() -> {
                    failed.countDown();
                    throw new IOException("first");
                });
        Task<String> after = Tasks.builder().after(task).spawn(() -> "after");
        Handshakes.await(failed);
        org.awaitility.Awaitility.await().until(() -> task.taskState() == TaskState.WAITING);

        assertThat(task.cancel()).isTrue();

        assertThatThrownBy(task::join).isInstanceOf(CancellationException.class);
        assertThat(after.join()).isEqualTo("after");
    }

    @Test
    @DisplayName("that is cancelled while it runs is not tried again")
    void cancelledWhileRunning() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        CountDownLatch running = new CountDownLatch(1);
        Task<?> task = Tasks.builder().retry(RetryPolicy.maxAttempts(100)).spawn(() -> {
            attempts.incrementAndGet();
            running.countDown();
            new CountDownLatch(1).await();
        });
        Handshakes.await(running);

        task.cancel();
        task.await();

        assertThat(task.taskState()).isEqualTo(TaskState.CANCELLED);
        assertThat(attempts).hasValue(1);
    }

    @Test
    @DisplayName("and a timeout is timed attempt by attempt, and tried again after a timeout")
    void timeoutOfAnAttempt() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Task<String> task = Tasks.builder()
                .timeout(Duration.ofMillis(20))
                .retry(RetryPolicy.maxAttempts(3).on(TimeoutException.class))
                .spawn(() -> {
                    if (attempts.incrementAndGet() < 3) {
                        new CountDownLatch(1).await();
                    }
                    return Thread.currentThread().isInterrupted() ? "interrupted" : "fine";
                });

        assertThat(task.join()).isEqualTo("fine");
        assertThat(attempts).hasValue(3);
    }

    @Test
    @DisplayName("and a deadline gives up when that has passed")
    void deadline() {
        AtomicInteger attempts = new AtomicInteger();
        Task<?> task = Tasks.builder()
                .deadline(Duration.ofMillis(30))
                .retry(RetryPolicy.maxAttempts(Integer.MAX_VALUE).backoff(Duration.ofMillis(1)))
                .spawn(() -> {
                    attempts.incrementAndGet();
                    throw new IOException("always");
                });

        assertThatThrownBy(task::join).hasCauseInstanceOf(TimeoutException.class);
        int made = attempts.get();
        assertThatThrownBy(task::join).hasCauseInstanceOf(TimeoutException.class);
        assertThat(attempts).hasValue(made);
    }

    @Test
    @DisplayName("that waits for its next attempt occupies no worker, and is cancelled by shutdownNow()")
    void shutdown() throws Exception {
        TaskRuntime runtime = TaskRuntime.builder().build();
        CountDownLatch failed = new CountDownLatch(1);
        Task<?> task = runtime.call(() -> Tasks.builder()
                .retry(RetryPolicy.maxAttempts(2).backoff(LONG))
                .spawn(() -> {
                    failed.countDown();
                    throw new IOException("first");
                }));
        Handshakes.await(failed);
        org.awaitility.Awaitility.await().until(() -> runtime.workerCount() == 0);
        assertThat(task.taskState()).isEqualTo(TaskState.WAITING);

        runtime.shutdownNow();
        runtime.close();

        assertThat(task.taskState()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    @DisplayName("is awaited by close(), its further attempts included")
    void close() throws Exception {
        TaskRuntime runtime = TaskRuntime.builder().build();
        AtomicInteger attempts = new AtomicInteger();
        RetryPolicy policy = RetryPolicy.maxAttempts(5).backoff(Duration.ofMillis(20));
        Task<String> task = runtime.call(() -> Tasks.builder().retry(policy).spawn(() -> {
            if (attempts.incrementAndGet() < 3) {
                throw new IOException("not yet");
            }
            return "done";
        }));

        runtime.close();

        assertThat(task.taskState()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(attempts).hasValue(3);
    }

    @Test
    @DisplayName("has waits that grow by the factor up to the maximum, less a random part")
    void backoff() {
        RetryPolicy policy = RetryPolicy.maxAttempts(10).backoff(Duration.ofMillis(10), 2, Duration.ofMillis(50));
        IOException thrown = new IOException();

        assertThat(policy.backoffNanos(1, thrown)).isEqualTo(10_000_000);
        assertThat(policy.backoffNanos(2, thrown)).isEqualTo(20_000_000);
        assertThat(policy.backoffNanos(3, thrown)).isEqualTo(40_000_000);
        assertThat(policy.backoffNanos(4, thrown)).isEqualTo(50_000_000);
        assertThat(policy.backoffNanos(10, thrown)).isNegative();
        Set<Long> waits = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            waits.add(policy.jitter(0.5).backoffNanos(1, thrown));
        }
        assertThat(waits).allMatch(wait -> wait >= 5_000_000 && wait <= 10_000_000);
        assertThat(waits).as("they differ").hasSizeGreaterThan(10);
    }

    @Test
    @DisplayName("refuses invalid arguments")
    void refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetryPolicy.maxAttempts(0))
                .withMessageContaining("0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetryPolicy.maxAttempts(1).jitter(1.5))
                .withMessageContaining("1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetryPolicy.maxAttempts(1).backoff(Duration.ofSeconds(2), 2, Duration.ofSeconds(1)))
                .withMessageContaining("PT2S");
    }

    @Test
    @DisplayName("fails with its own failure if the test of its policy throws that failure again")
    void retryTestThrowsTheSame() {
        Task<?> task = Tasks.builder()
                .retry(RetryPolicy.maxAttempts(3).when(thrown -> {
                    throw (IllegalStateException) thrown;
                }))
                .spawn(() -> {
                    throw new IllegalStateException("mine");
                });

        assertThatThrownBy(task::join).isInstanceOf(TaskFailedException.class).hasRootCauseMessage("mine");
    }
}
