package dev.regions.testing;

import com.google.errorprone.annotations.CheckReturnValue;
import java.time.Duration;
import java.util.Objects;

/**
 * Selects the schedules to explore.
 *
 * {@snippet file="LedgerTest.java" region="systematic"}
 *
 * <p>Immutable: each method returns a new one.
 */
@CheckReturnValue
@SuppressWarnings("exports") // an annotation that may be missing at run time, and when user code is compiled
public final class Exploration {
    /** The selection of schedules. */
    sealed interface Plan {}

    /** Schedules drawn from a number of seeds. */
    record Random(long first, int count) implements Plan {}

    /** All schedules, up to a number of them. */
    record Systematic(int most) implements Plan {}

    /** A schedule that was explored before. */
    record Replay(Trace trace) implements Plan {}

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Plan plan;
    private final Interleaving interleaving;
    private final Independence independence;
    private final Duration stuckTimeout;

    private Exploration(Plan plan, Interleaving interleaving, Independence independence, Duration stuckTimeout) {
        this.plan = plan;
        this.interleaving = interleaving;
        this.independence = independence;
        this.stuckTimeout = stuckTimeout;
    }

    private static Exploration of(Plan plan) {
        return new Exploration(plan, Interleaving.STEPS, Independence.none(), PATIENCE);
    }

    /**
     * Explores schedules drawn from the seeds 0, 1, 2 and so on.
     *
     * @param count the number of seeds
     * @throws IllegalArgumentException if it is less than 1
     */
    public static Exploration seeds(int count) {
        return seeds(0, count);
    }

    /**
     * Explores schedules drawn from a range of seeds.
     *
     * @param first the first seed
     * @param count the number of seeds
     * @throws IllegalArgumentException if it is less than 1
     */
    public static Exploration seeds(long first, int count) {
        return of(new Random(first, positive(count)));
    }

    /** Explores, or replays, the one schedule drawn from a seed. */
    public static Exploration seed(long seed) {
        return seeds(seed, 1);
    }

    /**
     * Explores all schedules, except those known to be equivalent to an explored one, until there are no more. The body
     * must do the same whenever it is run in the same schedule.
     *
     * @param most the largest number of schedules to explore
     * @throws IllegalArgumentException if it is less than 1
     */
    public static Exploration systematic(int most) {
        return of(new Systematic(positive(most)));
    }

    /**
     * Replays a schedule.
     *
     * @param trace the result of {@link ScheduleFailedError#trace()}
     * @throws IllegalArgumentException if it is not of that form
     */
    public static Exploration replay(String trace) {
        Trace parsed = Trace.parse(trace);
        return of(new Replay(parsed)).interleaving(parsed.interleaving());
    }

    private static int positive(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least 1 schedule must be explored, and it was to be " + count);
        }
        return count;
    }

    /** Sets the points at which a task may give way to another. The default is {@link Interleaving#STEPS}. */
    public Exploration interleaving(Interleaving where) {
        return new Exploration(plan, Objects.requireNonNull(where, "where"), independence, stuckTimeout);
    }

    /**
     * Sets the tasks that do not affect each other. A systematic exploration leaves out orders that make no difference.
     * The default is none. Seeds are not affected.
     */
    public Exploration independent(Independence relation) {
        return new Exploration(plan, interleaving, Objects.requireNonNull(relation, "relation"), stuckTimeout);
    }

    /**
     * Sets the time without progress after which a schedule counts as stuck, and therefore as failed. The default is 10
     * seconds.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Exploration stuckTimeout(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("the stuckTimeout must be positive, and was " + time);
        }
        return new Exploration(plan, interleaving, independence, time);
    }

    Plan plan() {
        return plan;
    }

    Interleaving interleaving() {
        return interleaving;
    }

    Independence independence() {
        return independence;
    }

    Duration stuckTimeout() {
        return stuckTimeout;
    }
}
