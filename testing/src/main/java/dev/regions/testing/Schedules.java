package dev.regions.testing;

import dev.regions.queue.RegionAction;
import java.util.Objects;

/**
 * Runs code that spawns tasks in many schedules, one task at a time, to find one in which it fails.
 *
 * {@snippet file="LedgerTest.java" region="explore"}
 *
 * <p>The code runs on the calling thread, within a runtime of its own for each schedule: {@link dev.regions.Tasks} and
 * {@link dev.regions.Regions} use that one. It must not depend on what an earlier run left behind. Its tasks run on one virtual
 * thread, one after the other; while one of them waits, or gives way after a spawn, others run on another thread. No two ever
 * run at the same time, nor one at the same time as the code itself: it takes turns with them, where they wait, spawn or end. So
 * a schedule finds what goes wrong because of the order of such steps. It does not find data races within them.
 *
 * <p>A schedule fails if the code throws, if a task fails and nobody is told, or if nothing moves any more. Before the next one
 * begins, or {@link #explore} returns, everything that was spawned is final. A body that ignores interrupts is waited for.
 *
 * <p>What the code does with time is not under control: time limits, back-offs, sleeping, external tasks, input and output, and
 * threads of its own happen when they do, and a schedule with them may not replay in the same way.
 *
 * <p>All methods may be called from any thread, except from within an exploration.
 */
public final class Schedules {
    private Schedules() {}

    /**
     * Runs a body in one schedule after another.
     *
     * @param how which schedules
     * @param body what to run in each
     * @return what was explored
     * @throws ScheduleFailedError for the first schedule that fails; its cause is why
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
