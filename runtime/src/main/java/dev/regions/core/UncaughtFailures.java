package dev.regions.core;

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
 * Finds failures that nobody will ever see, and reports them.
 *
 * <p>A failure is seen once somebody has been told of it: by a wait that threw, by a future it was handed to. Whether that
 * is going to happen can be known only when nobody can ask any more: when the outcome, which the failed task and all tasks
 * skipped because of it share, has become unreachable. A phantom reference says when; closing the runtime says it of all that
 * is left there, and the end of the JVM of all that is left anywhere. {@code Report} must not refer to the outcome, or the outcome
 * would stay reachable.
 *
 * <p><b>Threads.</b> One for the whole JVM, the <i>finder</i>, takes references from the queue of the collector and hands them over; it
 * calls nothing of a user's. Each runtime calls its handler on a thread of its own, which starts when there is something to report, and
 * ends when that is done. So a handler that blocks holds up the reports of its runtime, and no others. They are platform threads,
 * because virtual ones get no carrier while bodies keep all of these busy, and a report of a failure should come then, too.
 *
 * <p>Who calls the handler holds {@code delivering}: that thread, the closing one, or that of the shutdown hook. What is {@code due} is
 * offered first, then whoever finds the flag clear sets it, and delivers; who delivers clears it, then looks whether something is due:
 * a Dekker pair. So calls of a handler come one after the other.
 *
 * <p>Where no thread can be started, the failure is kept; with the next failure the start is tried again. Noting a failure takes no lock
 * that one could wait for, and calls nothing of a user's: it may happen deep in a stack, and on the timer's thread.
 */
final class UncaughtFailures {
    /** How long closing a runtime waits for its handler, if that is busy on another thread, and so does the end of the JVM. */
    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final ReferenceQueue<ExceptionalOutcome.Failed> UNREACHABLE = new ReferenceQueue<>();
    /** All reports of failures that are unseen, in all runtimes: it keeps them reachable, as nobody need keep the runtime. */
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

    UncaughtFailures(String name, Consumer<UncaughtFailure> handler) {
        this.name = name;
        this.handler = handler;
    }

    /** Returns true if the JVM is about to end, and what is left is being reported. */
    static boolean isExiting() {
        return exiting;
    }

    /** Makes the outcome of a task whose body threw, and watches it. */
    ExceptionalOutcome.Failed watch(String task, @Nullable String region, Throwable thrown) {
        ExceptionalOutcome.Failed failed = new ExceptionalOutcome.Failed(thrown);
        Report report = new Report(failed, new UncaughtFailure(task, region, thrown));
        failed.reportBy(report);
        ALL_UNSEEN.add(report);
        unseen.add(report); // last: who takes it off here takes it off there, too
        ensureFinder();
        return failed;
    }

    /**
     * Reports all that has not been seen until now, and waits until the handler has been told. If it is busy on another thread, that one
     * is left to do so, and this waits for five seconds at most, or until the calling thread is interrupted, and leaves it so.
     */
    void reportAll() {
        handOverAll();
        deliverOrAwait(System.nanoTime() + WAIT_NANOS);
    }

    /** Hands all that has not been seen until now over to who calls the handler. */
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
                return; // called by the handler, which gets the rest when it has returned
            } else if (Thread.currentThread().isInterrupted()) {
                return;
            } else {
                LockSupport.parkNanos(this, LOOK_NANOS);
            }
        }
    }

    /** Calls the handler with what is due; the calling thread is noted as the one that does. */
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

    /** Sees to it that what is due is delivered by a thread of this runtime's own. */
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

    // ---- Finding what is unreachable --------------------------------------------------------------------------------

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
                    Thread.onSpinWait(); // what was handed over is delivered with the next, or at the end
                }
            }
        }
    }

    /** When the JVM ends: nobody can ask for a failure then. */
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

        /** Hands the failure over to who calls the handler; returns false if it is seen, or was handed over. */
        private boolean handOver() {
            UncaughtFailure uncaught = failure;
            if (unseen.remove(this) && uncaught != null) {
                failure = null;
                ALL_UNSEEN.remove(this);
                clear();
                due.add(uncaught); // first: there may be no memory
                handedOver.incrementAndGet();
                return true;
            }
            return false;
        }
    }
}
