package dev.regions.core.diagnostics;

import dev.regions.core.diagnostics.Subscription.OfRegion;
import dev.regions.core.graph.BodyKind;
import dev.regions.core.graph.Dependencies;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskNode;
import dev.regions.core.schedule.DagCore;
import dev.regions.core.schedule.Worker;
import dev.regions.core.util.RegionDescriptions;
import dev.regions.core.util.WeakQueueMap;
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
 * The observers of a core, and the regions that they know.
 *
 * <p><b>Cost without observers.</b> A spawn straight onto the core reads one plain field of the core; a spawn in a
 * region, and each event of a region, read {@link #anywhere}. All else depends on a flag of the task, in a byte that is
 * read anyway: a task that was spawned unobserved stays so. The two fields are plain because a spawner that must see
 * the change has synchronised with the thread that registered the observer, and the objects that they lead to are
 * immutable.
 *
 * <p>Thread-safe.
 */
public final class ObserverRegistry {
    private static final boolean FLIGHT_RECORDER =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private static final AtomicLong REGION_IDS = new AtomicLong();

    private final DagCore core;
    /** The observers, null if there are none. Plain: see {@link DagCore#isObserved()}. */
    private @Nullable ObserverSet observers;
    /** The regions that are open, or were left without being closed. Does not keep their queues reachable. */
    private final WeakQueueMap<RegionWatch> regions = new WeakQueueMap<>();

    private record RegionWatch(RegionInfo info, AtomicLong spawned) {}

    ObserverRegistry(DagCore core) {
        this.core = core;
    }

    /** Records the tasks of the core whenever a recording of the JDK's flight recorder wants them. */
    void followRecordings() {
        if (FLIGHT_RECORDER) {
            JfrEvents.watch(this);
        }
    }

    DagCore core() {
        return core;
    }

    // ---- Observers --------------------------------------------------------------------------------------------------

    /** Registers an observer, and starts its thread. */
    public ObserverRegistration register(TaskObserver observer, int capacity) {
        Subscription subscription = new Subscription(core.name(), observer, capacity, this::remove);
        subscription.start();
        change(now -> now.with(subscription));
        return subscription;
    }

    private void remove(Subscription subscription) {
        change(now -> now.without(subscription));
    }

    /** Lists unfinished tasks from now on. */
    public void listTasks() {
        change(now -> new ObserverSet(this, now.subscriptions(), new TaskRegistry(), now.flightRecorder()));
    }

    /** Starts or stops the recording of events. */
    void record(boolean wanted) {
        if (observers().flightRecorder() != wanted) {
            change(now -> new ObserverSet(this, now.subscriptions(), now.live(), wanted));
        }
    }

    private interface Change {
        ObserverSet of(ObserverSet now);
    }

    private synchronized void change(Change change) {
        use(change.of(observers()));
    }

    /** Replaces the observers. */
    public synchronized void use(ObserverSet after) {
        if (after.isNobody()) {
            core.setObserved(false);
            observers = null;
        } else {
            observers = after;
            core.setObserved(true);
        }
    }

    ObserverSet observers() {
        ObserverSet now = observers;
        return now == null ? ObserverSet.nobody(this) : now;
    }

    /** Delivers the remaining events to the observers, and closes their registrations. */
    public void closeAll() {
        for (Subscription subscription : observers().subscriptions()) {
            subscription.close();
        }
    }

    // ---- Tasks ------------------------------------------------------------------------------------------------------

    /** Makes a new task observed if there are observers. Called before the task is published. */
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

    /** Makes a barrier observed by the observers of the task that it was made of. */
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
        TaskRecord spawnedBy = TaskRecord.of(spawner);
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

    /** Adds a region, also one that was opened unobserved: its unknown properties are then those of now. */
    private RegionWatch enter(TaskQueue queue) {
        Thread thread = Thread.currentThread();
        Node opener = Worker.innermostHere();
        TaskRecord openedBy = TaskRecord.of(opener);
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

    /** Returns the kind of a queue; the method of a user's queue may throw. */
    private static String kind(TaskQueue queue) {
        try {
            return Objects.requireNonNull(queue.kind());
        } catch (Throwable wrong) {
            return queue.getClass().getSimpleName();
        }
    }

    /** Returns the region of a queue as observers know it, null if it was never observed. */
    @Nullable
    RegionInfo regionOf(@Nullable TaskQueue queue) {
        RegionWatch watch = queue == null ? null : regions.get(queue);
        return watch == null ? null : watch.info;
    }

    /** Notifies observers that the region of a queue is opened. Called with the queue on the stack. */
    public static void regionOpened(TaskQueue queue) {
        RegionDescriptions.note(queue);
        tell(OfRegion.OPENED, queue, false);
    }

    /** Notifies observers that a region has handed on the tasks spawned in it. */
    public static void regionLaunched(TaskQueue queue) {
        tell(OfRegion.LAUNCHED, queue, false);
    }

    /** Notifies observers that a region has ended; more than once does no harm. */
    public static void regionClosed(TaskQueue queue, boolean failed) {
        tell(OfRegion.CLOSED, queue, failed);
    }

    private static void tell(OfRegion what, TaskQueue queue, boolean failed) {
        if (DagCore.isAnyObserved()) {
            DagCore core = DagCore.here();
            if (core != null && core.isObserved()) {
                Diagnostics.of(core).observers().visit(what, queue, failed);
            }
        }
    }

    private void visit(OfRegion what, TaskQueue queue, boolean failed) {
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

    // ---- Deadlocks --------------------------------------------------------------------------------------------------

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
