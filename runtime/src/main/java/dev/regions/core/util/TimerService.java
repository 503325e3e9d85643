package dev.regions.core.util;

import dev.regions.internal.Log;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a core: one queue, and one daemon thread for all of them. The thread starts with the first timer, and
 * ends when none has been set for a second.
 *
 * <p>It is a platform thread, because virtual threads get no carrier while all carriers are busy, and a task that spins
 * is the foremost reason for a timeout. The actions of timers must be short, and must not run user code.
 *
 * <p><b>No locks.</b> A task deep in its stack sets timers and calls them off: by spawning, cancelling, completing. A
 * virtual thread cannot park when more than about 40 % of its stack are used: it gets a {@code StackOverflowError} from
 * the JDK, and an entry that it leaves in the queue of a lock blocks all other threads that wait there. Therefore a
 * setter only offers to an {@code inbox} (JCTools), which the timer thread moves to a heap of its own; and a thread
 * that calls a timer off only counts that. When as many timers are called off as are left, the timer thread sweeps the
 * heap, so that a timer that was called off takes memory for a time that is constant on average.
 *
 * <p><b>Hand-over</b>, two Dekker pairs:
 *
 * <pre>
 *   setter: offer to the inbox;                     does the thread wake later than this is due? wake it
 *   thread: note when it is to wake;                is the inbox empty?   park
 *
 *   setter: offer to the inbox;                     is there a thread?    else start it
 *   thread: note that there is none;                is the inbox empty?   end
 * </pre>
 *
 * A race would show as a timer that goes off late, or never.
 *
 * <p>If no thread can be started, the setter calls its timer off and throws; the next setter tries again.
 */
public final class TimerService {
    private static final int CHUNK = 64;
    /** Times further apart could not be compared. */
    private static final long LONGEST_NANOS = Long.MAX_VALUE / 4;

    private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int CALLED_OFF_BEFORE_SWEEP = 64;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ThreadFactory threads;
    private final long keepAliveNanos;
    private final Queue<Timer> inbox = new MpscUnboundedAtomicArrayQueue<>(CHUNK);
    /** Timers that have neither gone off nor been called off. */
    private final AtomicInteger set = new AtomicInteger();
    /** Timers that were called off since the last sweep. */
    private final AtomicInteger calledOff = new AtomicInteger();

    private final AtomicBoolean running = new AtomicBoolean();
    private volatile @Nullable Thread thread;
    /** When the thread wakes by itself; a timer that is due later need not wake it. */
    private final AtomicLong wakesAt = new AtomicLong();

    private volatile boolean ended;

    /** Used by the timer thread alone; each such thread hands it to the next with {@code running}. */
    private final PriorityQueue<Timer> heap = new PriorityQueue<>(new SoonestFirst());

    /** In order of their times. */
    private static final class SoonestFirst implements Comparator<Timer> {
        @Override
        public int compare(Timer one, Timer other) {
            return Long.signum(one.due() - other.due());
        }
    }

    private final class Loop implements Runnable {
        @Override
        public void run() {
            runAlarms();
        }
    }

    public TimerService(String name) {
        this(
                Thread.ofPlatform()
                        .name(name + "-timer")
                        .daemon()
                        .inheritInheritableThreadLocals(false)
                        .factory(),
                KEEP_ALIVE_NANOS);
    }

    /** Creates a service with the given threads, each of which ends when no timer has been set for the given time. */
    public TimerService(ThreadFactory threads, long keepAliveNanos) {
        this.threads = threads;
        this.keepAliveNanos = keepAliveNanos;
    }

    /** Sets a timer. After {@link #end()}, timers do not go off. */
    Timer set(long nanos, Runnable action) {
        Timer timer = prepare(nanos, action);
        try {
            start(timer);
        } catch (Throwable noThread) {
            timer.callOff();
            throw noThread;
        }
        return timer;
    }

    /** Sets a timer that runs the caller's own timer. */
    public void start(Timer timer, long nanos) {
        set(nanos, timer);
    }

    /** As {@link #set}, in two steps: this creates the timer, so that it can be published before it can go off. */
    public Timer prepare(long nanos, Runnable action) {
        Timer timer = new Timer(this, System.nanoTime() + Math.clamp(nanos, 0, LONGEST_NANOS), action);
        set.incrementAndGet();
        return timer;
    }

    /**
     * Sets a prepared timer. If this throws, because no thread can be started, the caller must call the timer off; a
     * thread that another setter has started may have run it by then.
     */
    public void start(Timer timer) {
        if (ended) {
            return;
        }
        inbox.offer(timer);
        if (timer.due() - wakesAt.get() < 0) {
            LockSupport.unpark(thread);
        }
        if (!running.get()) {
            startThread();
        }
    }

    private void startThread() {
        if (!running.compareAndSet(false, true)) {
            return;
        }
        try {
            threads.newThread(new Loop()).start();
        } catch (Throwable noThread) {
            running.set(false);
            throw noThread;
        }
    }

    /** Called when a timer was called off. */
    void calledOff() {
        set.decrementAndGet();
        if (calledOff.incrementAndGet() > Math.max(CALLED_OFF_BEFORE_SWEEP, set.get())) {
            LockSupport.unpark(thread);
        }
    }

    // ---- The thread -------------------------------------------------------------------------------------------------

    private void runAlarms() {
        thread = Thread.currentThread();
        long idleSince = System.nanoTime();
        while (true) {
            try {
                long now = System.nanoTime();
                if (moveToHeap() | runDue(now)) {
                    idleSince = now;
                }
                Timer next = ended ? null : heap.peek();
                long wake = next != null ? next.due() : ended ? now : idleSince + keepAliveNanos;
                wakesAt.set(wake);
                if (!inbox.isEmpty()) {
                    continue;
                }
                long left = wake - System.nanoTime();
                if (left > 0) {
                    Thread.interrupted(); // would prevent parking
                    LockSupport.parkNanos(this, left);
                } else if (next == null) {
                    thread = null;
                    running.set(false);
                    if (inbox.isEmpty() || !running.compareAndSet(false, true)) {
                        return;
                    }
                    thread = Thread.currentThread();
                }
            } catch (Throwable exhausted) {
                LockSupport.parkNanos(
                        this, RETRY_NANOS); // no memory, for the heap at most: timers in the inbox stay there
            }
        }
    }

    /** Moves timers from the inbox to the heap; returns false if there were none. */
    private boolean moveToHeap() {
        boolean any = false;
        for (Timer timer; (timer = inbox.peek()) != null; any = true) {
            if (timer.isSet() && !ended) {
                heap.add(timer);
            }
            inbox.poll();
        }
        if (ended) {
            heap.clear();
        } else if (calledOff.get() > Math.max(CALLED_OFF_BEFORE_SWEEP, set.get())) {
            calledOff.set(0);
            heap.removeIf(new NotSet());
        }
        return any;
    }

    private static final class NotSet implements Predicate<Timer> {
        @Override
        public boolean test(Timer timer) {
            return !timer.isSet();
        }
    }

    private boolean runDue(long now) {
        boolean any = false;
        for (Timer timer; !ended && (timer = heap.peek()) != null && timer.due() - now <= 0; any = true) {
            heap.poll();
            run(timer);
        }
        return any;
    }

    private void run(Timer timer) {
        if (!timer.isSet()) {
            return;
        }
        try {
            timer.run();
        } catch (Throwable thrown) {
            Log.write(System.Logger.Level.ERROR, "an alarm of the runtime has failed", thrown);
        }
    }

    /** Called when a timer has gone off. */
    void goneOff() {
        set.decrementAndGet();
    }

    /** Returns how many timers are set. A snapshot. */
    public int pending() {
        return ended ? 0 : Math.max(0, set.get());
    }

    /** Returns how many timers are in the heap, those that were called off included. A snapshot, for tests. */
    int kept() {
        return heap.size();
    }

    /** Ends the thread; timers that are still set do not go off. Takes no lock. */
    public void end() {
        ended = true;
        LockSupport.unpark(thread);
    }
}
