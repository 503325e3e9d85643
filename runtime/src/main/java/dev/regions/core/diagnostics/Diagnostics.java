package dev.regions.core.diagnostics;

import dev.regions.core.graph.CoreHooks;
import dev.regions.core.graph.TaskNode;
import dev.regions.core.schedule.DagCore;
import dev.regions.observe.RuntimeDump;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The diagnostics around one core: its observers, its open regions, its watch for deadlocks, and dumps of its
 * unfinished tasks. Thread-safe.
 */
public final class Diagnostics extends CoreHooks {
    private final DagCore core;
    private final ObserverRegistry observers;
    private final RegionRegistry openRegions = new RegionRegistry();
    private final DeadlockDetector deadlocks;

    /** Creates the diagnostics around a core. */
    public Diagnostics(DagCore core) {
        super(Explainer.INSTANCE);
        this.core = core;
        this.observers = new ObserverRegistry(core);
        this.deadlocks = new DeadlockDetector(core);
        observers.followRecordings();
    }

    /** Returns the diagnostics around a core. */
    public static Diagnostics of(DagCore core) {
        return (Diagnostics) core.hooks();
    }

    /** A class with a name: a lambda would be linked when it is first made, maybe deep in a stack. */
    private static final class Explainer implements Function<Task<?>, String> {
        static final Explainer INSTANCE = new Explainer();

        @Override
        public String apply(Task<?> task) {
            return TaskExplainer.of(TaskNode.of(task)).paragraph();
        }
    }

    /** Returns the registrations of the observers. */
    public ObserverRegistry observers() {
        return observers;
    }

    /** Returns the regions that are open and may hold tasks. */
    RegionRegistry openRegions() {
        return openRegions;
    }

    /** Returns the search for deadlocks. */
    public DeadlockDetector deadlocks() {
        return deadlocks;
    }

    /** Returns a dump of the unfinished tasks. Weakly consistent; stops nothing. */
    public RuntimeDump dump() {
        return UnfinishedTaskScan.from(core).dump();
    }

    @Override
    public void spawned(Task<?> task, @Nullable Object arguments) {
        observers.spawned(TaskNode.of(task), arguments);
    }

    @Override
    public boolean hasOpenRegionHere() {
        return RegionRegistry.hasOpenHere();
    }

    @Override
    public boolean isOpenHere(TaskQueue queue) {
        return RegionRegistry.isOpenHere(queue);
    }

    @Override
    public void ensureMayWait(Task<?> awaited) {
        DeadlockDetector.ensureMayWait(TaskNode.of(awaited));
    }

    @Override
    public void ensureMayGoOnWaiting(Task<?> awaited) {
        DeadlockDetector.ensureMayGoOnWaiting(TaskNode.of(awaited));
    }

    @Override
    public void ensureMayAwaitEnd() {
        DeadlockDetector.ensureMayAwaitEnd(core);
    }

    @Override
    public boolean watch() {
        return deadlocks.watch();
    }
}
