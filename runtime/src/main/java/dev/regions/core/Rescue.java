package dev.regions.core;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Finishes what a thread could not finish because there was no memory, once there is some; and says in the log that it had
 * to. One thread for all runtimes.
 *
 * <h2>What happens without memory</h2>
 *
 * <p>An {@link OutOfMemoryError} may come out of any allocation, on any thread, whoever filled the heap. So whatever takes a
 * task from one state to the next allocates first, and then does steps that allocate nothing: if the allocation fails,
 * nothing has been done. Who asked for it is told by the error. Where nobody asked, as when an edge is taken off a successor,
 * the task that there is no memory for {@linkplain Node#failWithoutMemory fails}, with an outcome that is there already.
 *
 * <p>Three things can neither fail nor be done without memory: to wake a waiter, to tell a future, and to start the worker
 * that ready tasks wait for. They are left here. The links of a task's stack are what they are left by, so leaving one
 * allocates nothing; and the thread is there before it is needed, because a thread cannot be started without memory either.
 */
final class Rescue {
    private static final long PAUSE_MILLIS = 10;

    private static final AtomicReference<@Nullable Link> LEFT = new AtomicReference<>();
    private static final AtomicLong FAILED = new AtomicLong();
    private static final Thread THREAD = Thread.ofPlatform()
            .name("regions-rescue")
            .daemon()
            .inheritInheritableThreadLocals(false)
            .unstarted(Rescue::work);

    static {
        THREAD.setContextClassLoader(null);
        THREAD.start();
    }

    private Rescue() {}

    /** Sees to it that the thread is there. */
    static void prepare() {}

    /** Leaves links, one or a list, to be told again. Allocates nothing. */
    static void leave(@Nullable Link first) {
        if (first == null) {
            return;
        }
        Link last = first;
        while (last.next != null) {
            last = last.next;
        }
        Link before;
        do {
            before = LEFT.get();
            last.next = before;
        } while (!LEFT.compareAndSet(before, first));
        LockSupport.unpark(THREAD);
    }

    /** Counts a task that failed for want of memory, for the log. Allocates nothing. */
    static void countFailed() {
        FAILED.incrementAndGet();
        LockSupport.unpark(THREAD);
    }

    /** For the runtime's own threads, which hold no memory of users': does something again until there is memory for it. */
    static void persist(Runnable action) {
        while (true) {
            try {
                action.run();
                return;
            } catch (OutOfMemoryError none) {
                pause();
            }
        }
    }

    private static void work() {
        Release release = new Release();
        while (true) {
            Link left = LEFT.getAndSet(null);
            long failed = FAILED.getAndSet(0);
            if (left == null && failed == 0) {
                LockSupport.park(LEFT);
                continue;
            }
            release.addInOrder(left);
            release.runButCallbacks();
            Link told = release.takeCallbacks();
            if (told != null) {
                persist(() -> Thread.ofVirtual().name("regions-rescued").start(() -> Release.runAll(told)));
            }
            log(failed);
            pause(); // what was left again is tried again, but not all the time
        }
    }

    private static void log(long failed) {
        try {
            persist(() -> System.getLogger("dev.regions")
                    .log(
                            failed > 0 ? System.Logger.Level.ERROR : System.Logger.Level.WARNING,
                            "the JVM was out of memory; "
                                    + (failed > 0
                                            ? failed + " tasks have failed for that reason"
                                            : "some waiters, futures or workers were late")));
        } catch (RuntimeException | LinkageError brokenLog) {
            // the rest matters more
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException nobodyShould) {
            // goes on
        }
    }
}
