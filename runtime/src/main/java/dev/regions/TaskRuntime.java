package dev.regions;

import dev.regions.core.diagnostics.Diagnostics;
import dev.regions.core.graph.FailureLog;
import dev.regions.core.graph.Scheduler;
import dev.regions.core.schedule.DagCore;
import dev.regions.core.util.StackGuard;
import dev.regions.observe.ObserverRegistration;
import dev.regions.observe.RuntimeDump;
import dev.regions.observe.TaskObserver;
import dev.regions.observe.TaskRuntimeMXBean;
import dev.regions.observe.UncaughtFailure;
import dev.regions.queue.QueueStack;
import dev.regions.queue.RegionAction;
import dev.regions.queue.RegionBody;
import dev.regions.queue.RegionPass;
import dev.regions.queue.TaskQueue;
import dev.regions.task.OverflowPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks: a graph of the launched tasks, and virtual threads for the ready ones.
 *
 * <p>{@link Tasks} and {@link Regions} use the {@linkplain #shared() shared} runtime unless they are called within
 * {@link #call} of another, or by a task of another. Any other runtime can be closed, and has a name, a root queue and
 * a handler of its own:
 *
 * {@snippet file="SnippetsTest.java" region="runtime"}
 *
 * <p>Thread-safe. A runtime has no worker threads while it has no tasks, and none of its threads keeps the JVM alive.
 */
public final class TaskRuntime implements AutoCloseable {
    private static final class Shared {
        static final TaskRuntime INSTANCE = builder().name("regions").build();

        static {
            Scheduler.setShared(INSTANCE.core);
        }
    }

    private final String name;
    private final DagCore core;
    private final Diagnostics diagnostics;
    /** Unregisters the management bean; null if there is none. Guarded by this. */
    private @Nullable Runnable unregister;

    private TaskRuntime(Builder builder) {
        this.name = builder.name;
        this.core = new DagCore(
                builder.name,
                builder.parallelism,
                builder.passes,
                builder.root,
                builder.handler,
                builder.maxInFlight,
                builder.overflow,
                Diagnostics::new);
        this.diagnostics = Diagnostics.of(core);
        if (builder.diagnostics) {
            diagnostics.observers().listTasks();
        }
        builder.observers.forEach(this::observe);
    }

    /** Returns the default runtime. It cannot be closed. */
    public static TaskRuntime shared() {
        return Shared.INSTANCE;
    }

    /** Returns a builder for a new runtime. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the queue that receives tasks spawned here: that of the innermost region, or the root. */
    public static TaskQueue currentQueue() {
        TaskQueue queue = QueueStack.current();
        return queue != null ? queue : shared().core.root();
    }

    /** Returns the core of the runtime in force here. */
    static DagCore currentCore() {
        return QueueStack.runtime() instanceof DagCore core ? core : shared().core;
    }

    /** Returns the name given to this runtime. */
    public String name() {
        return name;
    }

    /**
     * Runs a body, on the calling thread, for which this runtime is the current one. Regions that are open around the
     * call do not apply to it.
     *
     * @throws X if the body throws
     * @throws IllegalStateException if the body left a scope open
     */
    public <R extends @Nullable Object, X extends Throwable> R call(RegionBody<R, X> body) throws X {
        return QueueStack.callElsewhere(core.root(), core, Objects.requireNonNull(body, "body"));
    }

    /** Runs a body as {@link #call} does, without a result. */
    public <X extends Throwable> void run(RegionAction<X> body) throws X {
        Objects.requireNonNull(body, "body");
        call(() -> {
            body.run();
            return null;
        });
    }

    /**
     * Returns the number of launched, uncompleted tasks. A snapshot: exact only while no task is launched or completed.
     */
    public long inFlightCount() {
        return core.inFlight();
    }

    /**
     * Registers an observer of all tasks that are spawned from now on, and of the regions, until the registration or
     * this runtime is closed. Without an observer, a task only pays for reading a field.
     *
     * <p>The events wait for the observer in a queue with room for {@value ObserverRegistration#DEFAULT_CAPACITY} of
     * them.
     */
    public ObserverRegistration observe(TaskObserver observer) {
        return observe(observer, ObserverRegistration.DEFAULT_CAPACITY);
    }

    /**
     * Registers an observer as {@link #observe(TaskObserver)} does, with the given number of events that may wait for
     * it before further ones are dropped. Events take memory, about a hundred bytes each, only while they wait. An
     * observer that must not miss any event of a burst of a million tasks, each with five events, needs a capacity of
     * as many.
     *
     * @param capacity rounded up to a power of two
     * @throws IllegalArgumentException if the capacity is less than 4
     */
    public ObserverRegistration observe(TaskObserver observer, int capacity) {
        return diagnostics.observers().register(Objects.requireNonNull(observer, "observer"), capacity);
    }

    /**
     * Returns the unfinished tasks of this runtime, and why each of them is unfinished: as text, by {@code toString()},
     * or as JSON. Weakly consistent; stops no thread. Tasks that move meanwhile may be missed, or be shown in an
     * earlier state.
     *
     * <p>It includes all tasks that are launched, are held by an open region, or wait for room. With
     * {@linkplain Builder#diagnostics diagnostics} it also includes the time since when each is in its state, and the
     * reason for each edge. Without, nothing is recorded while tasks run. Tasks are then found by following the graph
     * from running, ready and externally waiting tasks, and from the queues of open regions. An edge is then only
     * classified as an argument, required, or mere order, and durations are unknown. A user-defined queue must
     * {@linkplain dev.regions.queue.TaskQueue#forEachHeld visit its held tasks}, or only diagnostics find these.
     *
     * <p>To find the stack of a running task, look for its {@linkplain RuntimeDump.Entry#threadId() thread} in the
     * JDK's own dump: {@code jcmd <pid> Thread.dump_to_file -format=json <file>}.
     */
    public RuntimeDump dump() {
        return diagnostics.dump();
    }

    /**
     * Returns the number of tasks that are ready, have their permits, and wait for a worker. A snapshot, which takes a
     * scan of the queue.
     */
    public int readyCount() {
        return core.readyCount();
    }

    /**
     * Registers a management bean for this runtime with the platform's server, so that the waiting tasks of a running
     * process can be queried, by JConsole for instance: {@link TaskRuntimeMXBean}, under the name
     * {@code dev.regions:type=TaskRuntime,name=} and that of this runtime. It stays until this runtime is closed. Does
     * nothing if it is registered already.
     *
     * @throws IllegalStateException if there is one for another runtime of the same name, or if the JVM runs without
     *     the module {@code java.management}
     */
    public synchronized void registerMBean() {
        if (unregister != null) {
            return;
        }
        if (ModuleLayer.boot().findModule("java.management").isEmpty()) {
            throw new IllegalStateException(
                    "this JVM runs without the module java.management: add it with" + " --add-modules java.management");
        }
        unregister = TaskRuntimeMXBeanImpl.register(this);
    }

    private synchronized void unregisterMBean() {
        if (unregister != null) {
            unregister.run();
            unregister = null;
        }
    }

    /** Returns the number of timers that are set. For tests. */
    int timersSet() {
        return core.timersPending();
    }

    /** Returns the number of workers: virtual threads that run tasks, wait in one, or look for work. A snapshot. */
    public int workerCount() {
        return core.workerCount();
    }

    /** Returns the number of tasks that are listed as waiting for an external event. For tests. */
    int waitingOutside() {
        return core.waitingOutside();
    }

    /**
     * Refuses new tasks and waits until the launched ones are completed. Tasks that these spawn still run, and are
     * awaited; dependent stages of their futures are not. Then unobserved failures are reported, and observers are
     * notified of the remaining events. Does nothing if this runtime is closed already.
     *
     * <p>Reporting waits for the handler of {@link Builder#onUncaughtFailure}: without limit if this thread calls it,
     * and for five seconds at most if another thread is in the middle of a call, which then goes on with the rest.
     *
     * <p>If the calling thread is interrupted, the remaining tasks are cancelled, as by {@link #shutdownNow()}; this
     * still waits for running bodies to end, and leaves the thread interrupted.
     *
     * @throws UnsupportedOperationException on the shared runtime
     * @throws IllegalStateException if called by a task of this runtime, which would wait for itself
     * @throws dev.regions.task.UnlaunchedTaskException if a task in flight here depends on a task held by a bulk region
     *     that the calling thread has open; if that is known at once, nothing is done then
     */
    @Override
    public void close() {
        StackGuard.ensure8K();
        ensureClosable();
        if (core.isCurrent()) {
            throw new IllegalStateException(
                    "runtime '" + name + "' was closed by one of its own tasks, which would wait for"
                            + " itself: close it elsewhere, or use shutdownNow()");
        }
        core.ensureMayAwaitEnd();
        core.close();
        boolean interrupted = false;
        for (boolean waiting = true; waiting; ) {
            try {
                core.awaitTerminated();
                waiting = false;
            } catch (InterruptedException e) {
                core.stop();
                interrupted = true;
            }
        }
        core.reportUncaught();
        diagnostics.observers().closeAll();
        unregisterMBean();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Refuses all tasks from now on, cancels the launched ones, and interrupts the running ones. Returns without
     * waiting for these to end; {@link #close()} does.
     *
     * @throws UnsupportedOperationException on the shared runtime
     */
    public void shutdownNow() {
        StackGuard.ensure8K();
        ensureClosable();
        core.stop();
    }

    private void ensureClosable() {
        if (this == Shared.INSTANCE) {
            throw new UnsupportedOperationException(
                    "the shared runtime cannot be closed: build one of your own with TaskRuntime.builder()");
        }
    }

    @Override
    public String toString() {
        return core.toString();
    }

    /** Configures and creates a runtime. Not thread-safe. */
    public static final class Builder {
        private String name = "runtime";
        private int parallelism = Runtime.getRuntime().availableProcessors();
        private UnaryOperator<TaskQueue> root = UnaryOperator.identity();
        private Consumer<UncaughtFailure> handler = new FailureLog();
        private int maxInFlight;
        private OverflowPolicy overflow = OverflowPolicy.BLOCK;
        private boolean diagnostics;
        private final List<RegionPass> passes = new ArrayList<>();
        private final List<TaskObserver> observers = new ArrayList<>();

        private Builder() {}

        /** Sets the name of the runtime, for its threads and for messages. The default is {@code runtime}. */
        public Builder name(String name) {
            this.name = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets the expected number of tasks that run at the same time. A hint, no limit: as many workers are woken at
         * once when a region is launched, and more follow as long as there is work and a free processor, or tasks
         * block. The default is the number of processors.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder parallelism(int parallelism) {
            if (parallelism < 1) {
                throw new IllegalArgumentException("parallelism must be at least 1, and was " + parallelism);
            }
            this.parallelism = parallelism;
            return this;
        }

        /**
         * Puts a queue in front of the scheduler: all spawned tasks go through it last.
         *
         * @param root creates the queue, given the one that launches; the default is that one itself
         */
        public Builder root(UnaryOperator<TaskQueue> root) {
            this.root = Objects.requireNonNull(root, "root");
            return this;
        }

        /** Adds a pass, after those added before, that rewrites each region before it is launched. */
        public Builder pass(RegionPass pass) {
            passes.add(Objects.requireNonNull(pass, "pass"));
            return this;
        }

        /**
         * Sets the handler of unobserved failures: those that were not passed to any caller, and cannot be observed any
         * more, because every handle that leads to them is unreachable, the runtime has been closed, or the JVM ends.
         * The default logs an error, with {@link System.Logger}, as {@code dev.regions}.
         *
         * <p>Calls are made one at a time, on a platform thread of this runtime's own, on the thread that closes it, or
         * on a shutdown hook; at a close or at the end of the JVM in the order of the failures. A handler that blocks
         * holds up the reports of this runtime, and of no other. When the JVM ends, the failures of open runtimes,
         * including the shared one, are reported by a shutdown hook, which waits for the handler for five seconds at
         * most, while other hooks run: a logging framework that has a hook of its own may refuse messages by then. The
         * default handler writes to {@link System#err} if {@code java.util.logging} does not. The text of a region in
         * the report is the one that its queue had when the region was opened.
         *
         * @param handler its exceptions are logged
         */
        public Builder onUncaughtFailure(Consumer<UncaughtFailure> handler) {
            this.handler = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /**
         * Bounds the number of launched, uncompleted tasks.
         *
         * <p>A spawn past the bound waits or fails, according to the policy. A region is launched as a whole, and
         * therefore needs room for all of it. Waiting threads get room in order of arrival. Barriers, tasks without a
         * body by which a queue orders others, do not count. A task of this runtime that spawns does not wait for room,
         * because the spawned task may be needed to make room; with {@link OverflowPolicy#BLOCK} it goes past the
         * bound. A thread that is interrupted while it waits gets a {@link dev.regions.task.TooManyTasksException}, and
         * stays interrupted.
         *
         * @param tasks the bound; the default is none
         * @param overflow the effect of a spawn past it
         * @throws IllegalArgumentException if the bound is less than 1
         */
        public Builder maxInFlight(int tasks, OverflowPolicy overflow) {
            if (tasks < 1) {
                throw new IllegalArgumentException("at least 1 task must be allowed in flight, and it was " + tasks);
            }
            this.maxInFlight = tasks;
            this.overflow = Objects.requireNonNull(overflow, "overflow");
            return this;
        }

        /** Registers an observer from the start, as {@link TaskRuntime#observe(TaskObserver)} does. */
        public Builder observer(TaskObserver observer) {
            observers.add(Objects.requireNonNull(observer, "observer"));
            return this;
        }

        /**
         * Sets whether to keep a list of all unfinished tasks, with their edges, reasons and times, which
         * {@link TaskRuntime#dump()} and {@link dev.regions.task.Task#explain()} then include. It costs each task as
         * much as an observer does. The default is false.
         */
        public Builder diagnostics(boolean diagnostics) {
            this.diagnostics = diagnostics;
            return this;
        }

        /** Creates the runtime. */
        public TaskRuntime build() {
            return new TaskRuntime(this);
        }
    }
}
