package dev.regions.core.diagnostics;

import dev.regions.core.diagnostics.Subscription.OfRegion;
import dev.regions.observe.RegionEvent;
import dev.regions.observe.RegionInfo;
import dev.regions.task.TaskState;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * The events for the JDK's flight recorder, and the listener for recordings that want them. Loaded only if the module
 * {@code jdk.jfr} is present.
 *
 * <p>All events are disabled by default. Whenever a recording starts or stops, a listener checks whether one of them is
 * enabled now, and starts or stops observing the cores. Without such a recording, therefore, a task does not touch this
 * class. Events of tasks are committed by the thread that ran the task: the recorder notes that thread, and the
 * recorded task bears the cost.
 */
final class JfrEvents {
    /** Stands for the event of an attempt while no recording wants one. */
    private static final Object NOT_WANTED = new Object();

    private static final Set<ObserverRegistry> CORES =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private static final FlightRecorderListener LISTENER = new FlightRecorderListener() {
        @Override
        public void recordingStateChanged(Recording recording) {
            lookAgain();
        }
    };

    static {
        FlightRecorder.addListener(LISTENER);
    }

    private JfrEvents() {}

    @Name("dev.regions.TaskExecuted")
    @Label("Task Executed")
    @Description(
            "A worker has run the body of a task, or made one of several attempts; the duration is that of the body")
    @Category("Regions")
    @Enabled(false)
    @StackTrace(false)
    static final class TaskExecuted extends Event {
        @Label("Task Id")
        long task;

        @Label("Name")
        @Nullable
        String name;

        @Label("Region")
        @Nullable
        String region;

        @Label("State")
        @Description("The state of the task after this; WAITING if it will be tried again")
        @Nullable
        String state;

        @Label("Attempt")
        int attempt;

        @Label("Worker")
        int worker;

        @Label("Waited For Edges")
        @Description("From the launch of the task until everything that it depends on was done")
        @Timespan(Timespan.NANOSECONDS)
        long waitedForEdges;

        @Label("Waited For Thread")
        @Description("From then until a worker began to run it, a wait for a permit of a limit included")
        @Timespan(Timespan.NANOSECONDS)
        long waitedForThread;
    }

    @Name("dev.regions.TaskNotRun")
    @Label("Task Not Run")
    @Description("A task has ended without having run")
    @Category("Regions")
    @Enabled(false)
    @StackTrace(false)
    static final class TaskNotRun extends Event {
        @Label("Task Id")
        long task;

        @Label("Name")
        @Nullable
        String name;

        @Label("Region")
        @Nullable
        String region;

        @Label("State")
        @Nullable
        String state;

        @Label("Reason")
        @Nullable
        String reason;
    }

    @Name("dev.regions.RegionOpened")
    @Label("Region Opened")
    @Category("Regions")
    @Enabled(false)
    @StackTrace(false)
    static final class RegionOpened extends Event {
        @Label("Region")
        @Nullable
        String region;

        @Label("Kind")
        @Nullable
        String kind;

        @Label("Inside")
        @Nullable
        String parent;
    }

    @Name("dev.regions.RegionLaunched")
    @Label("Region Launched")
    @Description("A region has handed on what was spawned in it so far")
    @Category("Regions")
    @Enabled(false)
    @StackTrace(false)
    static final class RegionLaunched extends Event {
        @Label("Region")
        @Nullable
        String region;

        @Label("Kind")
        @Nullable
        String kind;

        @Label("Tasks")
        long tasks;
    }

    @Name("dev.regions.DeadlockFound")
    @Label("Deadlock Found")
    @Category("Regions")
    @Enabled(false)
    @StackTrace(false)
    static final class DeadlockFound extends Event {
        @Label("Runtime")
        @Nullable
        String runtime;

        @Label("Tasks")
        @Nullable
        String tasks;
    }

    // ---- Recordings -------------------------------------------------------------------------------------------------

    /** Registers a core, which is observed whenever a recording wants its events. */
    static void watch(ObserverRegistry core) {
        CORES.add(core);
        if (FlightRecorder.isInitialized()) {
            lookAgain();
        }
    }

    /**
     * Starts or stops observing the cores. Holds no lock around the recorder's own, and therefore checks once more
     * afterwards, because another thread may have seen a different state.
     */
    private static void lookAgain() {
        boolean wanted;
        do {
            wanted = isWanted();
            synchronized (CORES) {
                for (ObserverRegistry core : CORES) {
                    core.record(wanted);
                }
            }
        } while (wanted != isWanted());
    }

    private static boolean isWanted() {
        return isEnabled(TaskExecuted.class)
                || isEnabled(TaskNotRun.class)
                || isEnabled(RegionOpened.class)
                || isEnabled(RegionLaunched.class)
                || isEnabled(DeadlockFound.class);
    }

    private static boolean isEnabled(Class<? extends Event> event) {
        return EventType.getEventType(event).isEnabled();
    }

    // ---- The events -------------------------------------------------------------------------------------------------

    /** Begins the event of an attempt to run a task. */
    static Object begin() {
        TaskExecuted event = new TaskExecuted();
        if (!event.isEnabled()) {
            return NOT_WANTED;
        }
        event.begin();
        return event;
    }

    /** Commits the event of an attempt; without an attempt, the event that the task did not run. */
    static void end(TaskRecord.Recorded attempt, TaskRecord task) {
        Object begun = attempt.event();
        if (begun == null) {
            notRun(task);
        }
        if (!(begun instanceof TaskExecuted event)) {
            return;
        }
        event.end();
        if (!event.shouldCommit()) {
            return;
        }
        event.task = task.id();
        event.name = task.name();
        event.region = nameOf(task.region());
        event.state = task.state().name();
        event.attempt = attempt.attempt();
        event.worker = attempt.worker();
        event.waitedForEdges = Math.max(0, attempt.readyAt() - attempt.launchedAt());
        event.waitedForThread = Math.max(0, attempt.startedAt() - attempt.readyAt());
        event.commit();
    }

    private static void notRun(TaskRecord task) {
        TaskNotRun event = new TaskNotRun();
        if (task.isBarrier() || task.state() == TaskState.SUCCEEDED || !event.shouldCommit()) {
            return;
        }
        event.task = task.id();
        event.name = task.name();
        event.region = nameOf(task.region());
        event.state = task.state().name();
        event.reason = task.failure();
        event.commit();
    }

    static void region(OfRegion what, RegionEvent happened) {
        RegionInfo region = happened.region();
        switch (what) {
            case OPENED -> {
                RegionOpened event = new RegionOpened();
                event.region = region.name();
                event.kind = region.kind();
                event.parent = nameOf(region.parent());
                event.commit();
            }
            case LAUNCHED -> {
                RegionLaunched event = new RegionLaunched();
                event.region = region.name();
                event.kind = region.kind();
                event.tasks = happened.tasks();
                event.commit();
            }
            case CLOSED -> {}
        }
    }

    static void deadlock(String runtime, String tasks) {
        DeadlockFound event = new DeadlockFound();
        event.runtime = runtime;
        event.tasks = tasks;
        event.commit();
    }

    private static @Nullable String nameOf(@Nullable RegionInfo region) {
        return region == null ? null : region.name();
    }
}
