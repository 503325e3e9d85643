package dev.regions.core.diagnostics;

import dev.regions.core.util.StripedCounter;
import dev.regions.internal.Log;
import dev.regions.internal.SafeToString;
import dev.regions.observe.ObserverRegistration;
import dev.regions.observe.RegionEvent;
import dev.regions.observe.TaskEvent;
import dev.regions.observe.TaskObserver;
import dev.regions.task.TaskState;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscChunkedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * An observer, its bounded queue, and the thread that calls it.
 *
 * <p>Threads that run tasks only offer to the queue (JCTools; it grows by chunks up to its bound). They do not wake the
 * observer's thread, which would cost microseconds: it polls by itself, after a pause that grows while the queue is
 * empty. It is a platform thread, because virtual ones get no carrier while tasks keep all carriers busy.
 *
 * <p>The end of a task is offered before it is in force, so that a thread that has seen the task completed finds the
 * event in the queue. The observer's thread waits for the matching state, a few instructions, just as polling the queue
 * waits for a producer that has claimed a slot.
 */
public final class Subscription implements ObserverRegistration, Runnable {
    private static final int CHUNK = 1024;
    private static final long SHORTEST_PAUSE_NANOS = 50_000;
    private static final long LONGEST_PAUSE_NANOS = 10_000_000;
    private static final long STATE_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long CLOSE_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The kinds of events of a region. */
    enum OfRegion {
        OPENED,
        LAUNCHED,
        CLOSED
    }

    record RegionHappening(OfRegion what, RegionEvent event) {}

    private final TaskObserver observer;
    private final int interests;
    private final Consumer<Subscription> remove;
    private final MpscChunkedAtomicArrayQueue<Object> queue;
    private final Thread thread;
    private final StripedCounter lost = new StripedCounter();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicBoolean closing = new AtomicBoolean();
    /** True once nothing is offered any more. */
    private volatile boolean closed;
    /** True if events left in the queue are dropped. */
    private volatile boolean discarding;
    /** Number of events taken from the queue: delivered, or dropped. Written by the observer's thread. */
    private volatile long delivered;

    /**
     * Creates a subscription; its thread is to be {@linkplain #start() started}.
     *
     * @param capacity maximum number of events that wait for the observer
     * @param remove unregisters this subscription
     */
    public Subscription(String runtime, TaskObserver observer, int capacity, Consumer<Subscription> remove) {
        if (capacity < 4) {
            throw new IllegalArgumentException(
                    "the queue of an observer needs room for 4 events, and was given " + capacity);
        }
        this.observer = observer;
        this.interests = observer.interests().stream()
                .mapToInt(kind -> 1 << kind.ordinal())
                .reduce(0, (a, b) -> a | b);
        this.remove = remove;
        this.queue = new MpscChunkedAtomicArrayQueue<>(Math.min(CHUNK, capacity / 2), capacity);
        this.thread = Thread.ofPlatform()
                .name(runtime + "-observer")
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(this);
    }

    void start() {
        thread.start();
    }

    // ---- Called by producers ----------------------------------------------------------------------------------------

    boolean wants(TaskEvent.Kind kind) {
        return (interests & 1 << kind.ordinal()) != 0;
    }

    void offer(Object event) {
        if (!closed && !queue.offer(event)) {
            lose();
        }
    }

    void lose() {
        lost.add(1);
    }

    // ---- The observer's thread --------------------------------------------------------------------------------------

    @Override
    public void run() {
        long pause = SHORTEST_PAUSE_NANOS;
        while (true) {
            boolean last = closed;
            Object event = queue.poll();
            if (event != null) {
                if (discarding) {
                    lose();
                } else {
                    deliver(event);
                }
                delivered++;
                pause = SHORTEST_PAUSE_NANOS;
            } else if (last) {
                return;
            } else {
                Thread.interrupted(); // by the observer, perhaps; it would keep this from pausing
                LockSupport.parkNanos(this, pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            }
        }
    }

    private void deliver(Object event) {
        try {
            switch (event) {
                case TaskEvent ofTask -> tell(ofTask);
                case RegionHappening ofRegion -> tell(ofRegion);
                default -> observer.deadlockFound((String) event);
            }
        } catch (Throwable thrown) {
            if (failures.getAndIncrement() == 0) {
                Log.write(
                        System.Logger.Level.WARNING,
                        "an observer has thrown; the tasks are not affected, and if it does so again that is only"
                                + " counted: " + SafeToString.of(observer),
                        thrown);
            }
        }
    }

    private void tell(TaskEvent event) {
        switch (event.kind()) {
            case SPAWNED -> observer.spawned(event);
            case LAUNCHED -> observer.launched(event);
            case READY -> observer.ready(event);
            case STARTED -> observer.started(event);
            case RETRYING -> observer.retrying(event);
            case FINISHED -> {
                TaskEvent settled = withFinalState(event);
                if (settled != null) {
                    observer.finished(settled);
                }
            }
            case SKIPPED -> observer.skipped(event);
            case CANCELLED -> observer.cancelled(event);
        }
    }

    private @Nullable TaskEvent withFinalState(TaskEvent event) {
        if (event.state().isCompleted()) {
            return event;
        }
        long deadline = System.nanoTime() + STATE_WAIT_NANOS;
        TaskState state;
        while (!(state = event.task().state()).isCompleted()) {
            if (System.nanoTime() - deadline > 0) {
                lose(); // memory or stack ran out just where the task ended
                return null;
            }
            Thread.yield();
        }
        return new TaskEvent(event.kind(), event.task(), state, event.nanoTime(), event.worker(), event.threadId());
    }

    private void tell(RegionHappening happening) {
        switch (happening.what) {
            case OPENED -> observer.regionOpened(happening.event);
            case LAUNCHED -> observer.regionLaunched(happening.event);
            case CLOSED -> observer.regionClosed(happening.event);
        }
    }

    /** Returns the number of events that have entered the queue. */
    public long offered() {
        return queue.currentProducerIndex();
    }

    // ---- The registration -------------------------------------------------------------------------------------------

    @Override
    public long droppedEvents() {
        return lost.sum();
    }

    @Override
    public long callbackFailures() {
        return failures.get();
    }

    @Override
    public void flush() throws InterruptedException {
        flush(Long.MAX_VALUE / 2);
    }

    /** Waits until the events offered before are delivered; returns false if the time runs out first. */
    private boolean flush(long nanos) throws InterruptedException {
        if (Thread.currentThread() == thread) {
            return true;
        }
        long offered = offered();
        long deadline = System.nanoTime() + nanos;
        while (delivered < offered && thread.isAlive()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.unpark(thread);
            LockSupport.parkNanos(this, SHORTEST_PAUSE_NANOS);
        }
        return true;
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        remove.accept(this);
        try {
            discarding = !flush(CLOSE_WAIT_NANOS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closed = true;
        LockSupport.unpark(thread);
    }

    @Override
    public String toString() {
        return "observer " + SafeToString.of(observer) + (closed ? " (closed)" : "");
    }
}
