package dev.regions.core;

import dev.regions.core.Subscription.OfRegion;
import dev.regions.internal.SafeToString;
import dev.regions.observe.ObserverRegistration;
import dev.regions.observe.RegionEvent;
import dev.regions.observe.RegionInfo;
import dev.regions.observe.TaskObserver;
import dev.regions.queue.EdgeReason;
import dev.regions.queue.QueueStack;
import dev.regions.queue.TaskQueue;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Who observes a core, and what its regions are to observers.
 *
 * <p><b>Cost where nobody observes.</b> A spawn straight onto the core reads one plain field of the core; a spawn in a region, and
 * a region, read {@link #anywhere}. All else depends on a flag of the task, in a byte that is looked at anyway: a task that was
 * spawned unobserved stays so. The fields are plain because a spawner that must see the change has synchronised with the one who
 * registered, and what they lead to is immutable.
 *
 * <p>Thread-safe.
 */
public final class ObserverRegistry {
    /** Whether any core was ever observed. Never reset. */
    private static boolean anywhere;
    /** The core of the shared runtime, for code that runs within no runtime. Null until that is made. */
    private static volatile @Nullable DagCore shared;

    private static final boolean FLIGHT_RECORDER =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private static final AtomicLong REGION_IDS = new AtomicLong();

    private final DagCore core;
    /** The regions that are open, or were left in the middle: by their queues, which this does not keep. */
    private final WeakQueueMap<RegionWatch> regions = new WeakQueueMap<>();

    private record RegionWatch(RegionInfo info, AtomicLong spawned) {}

    ObserverRegistry(DagCore core) {
        this.core = core;
    }

    /** Has the tasks of the core recorded whenever there is a recording of the JDK's flight recorder that wants them. */
    void followRecordings() {
        if (FLIGHT_RECORDER) {
            JfrEvents.watch(this);
        }
    }

    /** Says which core is that of the shared runtime. */
    public static void setShared(DagCore core) {
        shared = core;
    }

    DagCore core() {
        return core;
    }

    /** Returns the core of the running code, null if it runs within no runtime and the shared one is not made yet. */
    static @Nullable DagCore coreHere() {
        return QueueStack.runtime() instanceof DagCore core ? core : shared;
    }

    // ---- Who observes -----------------------------------------------------------------------------------------------

    /** Registers an observer; its thread is started. */
    public ObserverRegistration register(TaskObserver observer, int capacity) {
        Subscription subscription = new Subscription(core.name(), observer, capacity, this::remove);
        subscription.start();
        change(now -> now.with(subscription));
        return subscription;
    }

    private void remove(Subscription subscription) {
        change(now -> now.without(subscription));
    }

    /** Has unfinished tasks listed from now on. */
    public void listTasks() {
        change(now -> new ObserverSet(this, now.subscriptions(), new TaskRegistry(), now.flightRecorder()));
    }

    /** Has events of tasks recorded from now on, or not. */
    void record(boolean wanted) {
        if (observers().flightRecorder() != wanted) {
            change(now -> new ObserverSet(this, now.subscriptions(), now.live(), wanted));
        }
    }

    private interface Change {
        ObserverSet of(ObserverSet now);
    }

    private synchronized void change(Change change) {
        ObserverSet after = change.of(observers());
        if (!after.isNobody()) {
            anywhere = true;
        }
        core.observers = after.isNobody() ? null : after;
    }

    ObserverSet observers() {
        ObserverSet now = core.observers;
        return now == null ? ObserverSet.nobody(this) : now;
    }

    /** Tells observers the rest, and ends their registrations. */
    public void closeAll() {
        for (Subscription subscription : observers().subscriptions()) {
            subscription.close();
        }
    }

    // ---- Tasks ------------------------------------------------------------------------------------------------------

    /** Called for a new task that goes to a queue other than a core; if somebody observes, it is observed from here on. */
    static void spawnedInRegion(TaskNode<?> task, TaskQueue queue, @Nullable Object arguments) {
        if (anywhere) {
            DagCore core = queue instanceof DagCore root ? root : coreHere();
            if (core != null && core.observers != null) {
                core.observing().spawned(task, arguments);
            }
        }
    }

    /** Called for a new task that nobody knows yet: has it observed, if somebody observes. */
    void spawned(TaskNode<?> task, @Nullable Object arguments) {
        ObserverSet observers = observers();
        if (observers.isNobody()) {
            return;
        }
        try {
            RegionWatch region = watchOf(task.region());
            if (region != null && task.bodyKind != BodyKind.BARRIER) {
                region.spawned.incrementAndGet();
            }
            begin(task, observers, region == null ? null : region.info, arguments);
        } catch (Throwable exhausted) {
            observers.lose();
        }
    }

    /** Called for a barrier made of an observed task: who observes the one observes the other. */
    static void barrier(TaskNode<?> barrier, TaskRecord of) {
        try {
            begin(barrier, of.observers(), of.region(), null);
        } catch (Throwable exhausted) {
            of.observers().lose();
        }
    }

    private static void begin(
            TaskNode<?> task, ObserverSet observers, @Nullable RegionInfo region, @Nullable Object arguments) {
        Node spawner = Worker.innermostHere();
        TaskRecord spawnedBy = spawner == null ? null : spawner.observation();
        TaskRecord observation = new TaskRecord(
                observers,
                task.givenName(),
                task.bodyKind == BodyKind.BARRIER,
                spawnedBy == null ? 0 : spawnedBy.id(),
                region);
        Dependencies.forEach(task.inputs, new NotesEdges(observation, Dependencies.count(arguments)));
        task.observe(observation);
        if (observers.live() != null) {
            observers.live().add(observation.id(), task);
        }
        observation.spawned();
    }

    private static final class NotesEdges implements Dependencies.Visitor {
        private final TaskRecord observation;
        private int argumentsLeft;

        NotesEdges(TaskRecord observation, int arguments) {
            this.observation = observation;
            this.argumentsLeft = arguments;
        }

        @Override
        public void edge(TaskNode<?> predecessor, boolean soft) {
            EdgeReason reason =
                    argumentsLeft-- > 0 ? EdgeReason.ARGUMENT : soft ? EdgeReason.AFTER : EdgeReason.REQUIRES;
            observation.edge(predecessor, soft, reason, null);
        }
    }

    // ---- Regions ----------------------------------------------------------------------------------------------------

    private @Nullable RegionWatch watchOf(@Nullable TaskQueue queue) {
        if (queue == null || queue instanceof DagCore || queue == core.root()) {
            return null;
        }
        RegionWatch known = regions.get(queue);
        return known != null ? known : enter(queue);
    }

    /** Also for a region that was opened while nobody observed: what is not known of it is as of now. */
    private RegionWatch enter(TaskQueue queue) {
        Thread thread = Thread.currentThread();
        Node opener = Worker.innermostHere();
        TaskRecord openedBy = opener == null ? null : opener.observation();
        RegionInfo parent = null;
        boolean outside = false;
        for (TaskQueue around : QueueStack.enclosing()) {
            if (outside) {
                RegionWatch watch = regions.get(around);
                parent = watch == null ? null : watch.info;
                break;
            }
            outside = around == queue;
        }
        RegionWatch watch = new RegionWatch(
                new RegionInfo(
                        REGION_IDS.incrementAndGet(),
                        kind(queue),
                        SafeToString.of(queue),
                        parent,
                        openedBy == null ? 0 : openedBy.id(),
                        thread.getName(),
                        thread.threadId(),
                        System.nanoTime()),
                new AtomicLong());
        return regions.putIfAbsent(queue, watch);
    }

    /** Returns the kind of a queue, which may be the user's, and so throw. */
    private static String kind(TaskQueue queue) {
        try {
            return Objects.requireNonNull(queue.kind());
        } catch (Throwable wrong) {
            return queue.getClass().getSimpleName();
        }
    }

    /** Returns what is known of the region of a queue, null if nobody has observed it. */
    @Nullable
    RegionInfo regionOf(@Nullable TaskQueue queue) {
        RegionWatch watch = queue == null ? null : regions.get(queue);
        return watch == null ? null : watch.info;
    }

    /** Called when the region of a queue is opened, with the queue on the stack. */
    public static void regionOpened(TaskQueue queue) {
        RegionDescriptions.note(queue);
        tell(OfRegion.OPENED, queue, false);
    }

    /** Called when a region has handed on what was spawned in it. */
    public static void regionLaunched(TaskQueue queue) {
        tell(OfRegion.LAUNCHED, queue, false);
    }

    /** Called when a region has ended; more than once does no harm. */
    public static void regionClosed(TaskQueue queue, boolean failed) {
        tell(OfRegion.CLOSED, queue, failed);
    }

    private static void tell(OfRegion what, TaskQueue queue, boolean failed) {
        if (anywhere) {
            DagCore core = coreHere();
            if (core != null && core.observers != null) {
                core.observing().tellOf(what, queue, failed);
            }
        }
    }

    private void tellOf(OfRegion what, TaskQueue queue, boolean failed) {
        ObserverSet observers = observers();
        try {
            RegionWatch watch = what == OfRegion.CLOSED ? regions.remove(queue) : watchOf(queue);
            if (watch != null) {
                RegionEvent event = new RegionEvent(watch.info, watch.spawned.get(), failed, System.nanoTime());
                observers.tell(what, event);
                if (observers.flightRecorder()) {
                    JfrEvents.region(what, event);
                }
            }
        } catch (Throwable exhausted) {
            observers.lose();
        }
    }

    // ---- DeadlockDetector
    // --------------------------------------------------------------------------------------------------

    void deadlockFound(String description) {
        ObserverSet observers = observers();
        try {
            observers.tellDeadlock(description);
            if (observers.flightRecorder()) {
                JfrEvents.deadlock(core.name(), description);
            }
        } catch (Throwable exhausted) {
            observers.lose();
        }
    }
}
