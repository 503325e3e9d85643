package dev.regions.testing;

import dev.regions.queue.RegionAction;
import java.util.Objects;

/**
 * Runs code that spawns tasks in many schedules, one task at a time, to find one in which it fails.
 *
 * {@snippet file="LedgerTest.java" region="explore"}
 *
 * <p>The code runs on the calling thread, within a runtime of its own for each schedule, which
 * {@link dev.regions.Tasks} and {@link dev.regions.Regions} use. It must not depend on the effects of an earlier run.
 * Its tasks run on one virtual thread, one after the other; while one of them waits, or gives way after a spawn, others
 * run on another thread. No two tasks run at the same time, nor does one at the same time as the code itself, which
 * takes turns with them where they wait, spawn or end. Therefore a schedule finds errors that depend on the order of
 * such steps. It does not find data races within them.
 *
 * <p>A schedule fails if the code throws, if a task's failure is not observed, or if nothing moves any more. Before the
 * next one begins, or {@link #explore} returns, all spawned tasks are completed. A body that ignores interrupts is
 * awaited.
 *
 * <p>Time is not under control: timeouts, back-offs, sleeping, completable tasks, input and output, and threads of the
 * user's take effect at any time, and a schedule with them may not replay in the same way.
 *
 * <p>All methods may be called from any thread, except from within an exploration.
 */
public final class Schedules {
    private Schedules() {}

    /**
     * Runs a body in one schedule after another.
     *
     * @param how the schedules to explore
     * @param body the code to run in each
     * @return the extent of the exploration
     * @throws ScheduleFailedError for the first schedule that fails; its cause is the failure
     */
    public static ExplorationReport explore(Exploration how, RegionAction<? extends Throwable> body) {
        Objects.requireNonNull(body, "body");
        Explorer explorer = new Explorer(how);
        while (explorer.advance()) {
            explorer.play(body);
        }
        return explorer.report();
    }
}
