package dev.regions.core.graph;

import dev.regions.internal.Log;
import dev.regions.observe.UncaughtFailure;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds failures that remain unobserved for ever, and reports them.
 *
 * <p>A failure is observed once a wait has thrown it, or a future has been given it. It is certain to remain unobserved
 * only when the outcome, which the failed task and all tasks skipped because of it share, has become unreachable. A
 * phantom reference detects that. Closing a runtime reports all failures that are left there; the end of the JVM, all
 * that are left anywhere. {@code Report} must not refer to the outcome; otherwise the outcome would stay reachable.
 *
 * <p><b>Threads.</b> One thread for the whole JVM, the <i>finder</i>, takes references from the collector's reference
 * queue and hands them over; it calls no user code. Each runtime calls its handler on a thread of its own, which starts
 * when there are failures to report, and ends when they are reported. Therefore a handler that blocks delays the
 * reports of its own runtime alone. They are platform threads, because virtual threads get no carrier while bodies keep
 * all carriers busy, and a failure should be reported then, too.
 *
 * <p>The thread that calls the handler holds {@code delivering}: it is that of the runtime, the closing one, or that of
 * the shutdown hook. A reporting thread adds to {@code due}, then reads the flag; if the flag is clear, it sets the
 * flag and delivers. The delivering thread clears the flag, then reads {@code due}: a Dekker pair. Therefore the calls
 * of a handler are sequential.
 *
 * <p>If no thread can be started, the failure is kept, and the next failure causes another try. Noting a failure takes
 * no lock that could be contended, and calls no user code: it may happen deep in a stack, and on the timer's thread.
 */
public final class UncaughtFailures {
    /** How long the closing of a runtime, and the end of the JVM, wait for a handler that is busy on another thread. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final ReferenceQueue<ExceptionalOutcome.Failed> UNREACHABLE = new ReferenceQueue<>();
    /** The reports of unobserved failures of all runtimes. Keeps them reachable, because a runtime need not stay so. */
    private static final Set<Report> ALL_UNSEEN = ConcurrentHashMap.newKeySet();

    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final AtomicBoolean FINDING = new AtomicBoolean();
    private static final AtomicBoolean HOOKED = new AtomicBoolean();
    private static volatile boolean exiting;

    private final String name;
    private final Consumer<UncaughtFailure> handler;
    private final Set<Report> unseen = ConcurrentHashMap.newKeySet();

    private final Queue<UncaughtFailure> due = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Thread> delivering = new AtomicReference<>();
    private final AtomicLong handedOver = new AtomicLong();
    private final AtomicLong delivered = new AtomicLong();

    public UncaughtFailures(String name, Consumer<UncaughtFailure> handler) {
        this.name = name;
        this.handler = handler;
    }

    /** Returns true if the JVM is about to end, and the remaining failures are being reported. */
    static boolean isExiting() {
        return exiting;
    }

    /** Creates the outcome of a task that failed, and watches it. */
    ExceptionalOutcome.Failed watch(String task, @Nullable String region, Throwable thrown) {
        ExceptionalOutcome.Failed failed = new ExceptionalOutcome.Failed(thrown);
        Report report = new Report(failed, new UncaughtFailure(task, region, thrown));
        failed.reportBy(report);
        ALL_UNSEEN.add(report);
        unseen.add(report); // last: a thread that removes it here also removes it there
        ensureFinder();
        return failed;
    }

    /**
     * Reports all failures that are unobserved now, and waits until the handler has been called with them. If the
     * handler is busy on another thread, that thread continues, and this waits for it, for at most five seconds, or
     * until the calling thread is interrupted; its interrupt status stays set.
     */
    public void reportAll() {
        handOverAll();
        deliverOrAwait(System.nanoTime() + WAIT_NANOS);
    }

    /** Hands over for delivery all failures that are unobserved now. */
    void handOverAll() {
        for (Report report : inOrder(unseen)) {
            report.handOver();
        }
    }

    private static List<Report> inOrder(Set<Report> reports) {
        List<Report> inOrder = new ArrayList<>(reports);
        inOrder.sort(new FirstFirst());
        return inOrder;
    }

    private static final class FirstFirst implements Comparator<Report> {
        @Override
        public int compare(Report one, Report other) {
            return Long.compare(one.number, other.number);
        }
    }

    // ---- Calling the handler ----------------------------------------------------------------------------------------

    private void deliverOrAwait(long until) {
        long last = handedOver.get();
        while (delivered.get() < last && System.nanoTime() - until <= 0) {
            if (delivering.compareAndSet(null, Thread.currentThread())) {
                deliver();
            } else if (delivering.get() == Thread.currentThread()) {
                return; // called by the handler, which gets the rest after it returns
            } else if (Thread.currentThread().isInterrupted()) {
                return;
            } else {
                LockSupport.parkNanos(this, LOOK_NANOS);
            }
        }
    }

    /** Calls the handler with the failures that are due; {@code delivering} is the calling thread. */
    private void deliver() {
        do {
            for (UncaughtFailure failure; (failure = due.poll()) != null; ) {
                try {
                    tell(failure);
                } finally {
                    delivered.incrementAndGet();
                }
            }
            delivering.set(null);
        } while (!due.isEmpty() && delivering.compareAndSet(null, Thread.currentThread()));
    }

    private void tell(UncaughtFailure failure) {
        try {
            handler.accept(failure);
        } catch (Throwable thrown) {
            Log.write(
                    System.Logger.Level.ERROR,
                    "the handler of uncaught failures failed on task '" + failure.task() + "'",
                    thrown);
        }
    }

    /** Starts a thread of this runtime that delivers the failures that are due, unless one delivers them already. */
    void startDelivery() {
        if (due.isEmpty() || delivering.get() != null) {
            return;
        }
        Thread thread = daemon(name + "-failures", new Delivery());
        if (delivering.compareAndSet(null, thread)) {
            try {
                thread.start();
            } catch (Throwable noThread) {
                delivering.set(null); // with the next failure, or at the end
            }
        }
    }

    private final class Delivery implements Runnable {
        @Override
        public void run() {
            deliver();
        }
    }

    private static Thread daemon(String name, Runnable body) {
        return Thread.ofPlatform()
                .name(name)
                .daemon()
                .inheritInheritableThreadLocals(false)
                .unstarted(body);
    }

    // ---- Finding unreachable outcomes -------------------------------------------------------------------------------

    private static void ensureFinder() {
        if (!FINDING.get() && FINDING.compareAndSet(false, true)) {
            try {
                daemon("regions-failures", new Finder()).start();
            } catch (Throwable noThread) {
                FINDING.set(false); // with the next failure
            }
        }
        if (!HOOKED.get() && HOOKED.compareAndSet(false, true)) {
            try {
                Runtime.getRuntime().addShutdownHook(daemon("regions-exit", new Exit()));
            } catch (IllegalStateException late) {
                // the JVM is ending already
            } catch (Throwable exhausted) {
                HOOKED.set(false);
            }
        }
    }

    private static final class Finder implements Runnable {
        @Override
        public void run() {
            while (true) {
                try {
                    Reference<? extends ExceptionalOutcome.Failed> reference = UNREACHABLE.remove();
                    if (reference instanceof Report report && report.handOver()) {
                        report.of().startDelivery();
                    }
                } catch (Throwable exhausted) {
                    Thread.onSpinWait(); // a failure handed over is delivered with the next, or at the end
                }
            }
        }
    }

    /** Reports the remaining failures at the end of the JVM, when they can no longer be observed. */
    private static final class Exit implements Runnable {
        @Override
        public void run() {
            exiting = true;
            Set<UncaughtFailures> runtimes = new LinkedHashSet<>();
            for (Report report : inOrder(ALL_UNSEEN)) {
                if (report.handOver()) {
                    runtimes.add(report.of());
                }
            }
            for (UncaughtFailures runtime : runtimes) {
                runtime.startDelivery();
            }
            long until = System.nanoTime() + WAIT_NANOS;
            for (UncaughtFailures runtime : runtimes) {
                runtime.deliverOrAwait(until);
            }
        }
    }

    final class Report extends PhantomReference<ExceptionalOutcome.Failed> {
        private final long number = NUMBERS.getAndIncrement();
        private volatile @Nullable UncaughtFailure failure;

        private Report(ExceptionalOutcome.Failed outcome, UncaughtFailure failure) {
            super(outcome, UNREACHABLE);
            this.failure = failure;
        }

        private UncaughtFailures of() {
            return UncaughtFailures.this;
        }

        void markSeen() {
            if (failure != null) {
                unseen.remove(this);
                ALL_UNSEEN.remove(this);
                failure = null;
                clear();
            }
        }

        /** Hands the failure over for delivery; returns false if it is observed, or was handed over before. */
        private boolean handOver() {
            UncaughtFailure uncaught = failure;
            if (unseen.remove(this) && uncaught != null) {
                failure = null;
                ALL_UNSEEN.remove(this);
                clear();
                due.add(uncaught); // before the count: there may be no memory
                handedOver.incrementAndGet();
                return true;
            }
            return false;
        }
    }
}
