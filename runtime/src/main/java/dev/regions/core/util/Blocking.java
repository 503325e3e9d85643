package dev.regions.core.util;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;

/**
 * Waits on threads of a {@link ForkJoinPool}. The pool has few threads; if all of them wait, its tasks do not run.
 * Therefore the pool is notified of a wait, as by {@code CompletableFuture.join()}, and compensates with another
 * thread. Other threads, such as the workers of this runtime, wait without that.
 */
public final class Blocking {
    private Blocking() {}

    /** Returns true if the calling thread belongs to a {@link ForkJoinPool}. */
    public static boolean isOnPool() {
        return Thread.currentThread() instanceof ForkJoinWorkerThread;
    }

    /** A wait. Used only by the waiting thread. */
    public abstract static class Wait implements ForkJoinPool.ManagedBlocker {
        private boolean done;

        /** Waits, or only for a while: the caller checks again. */
        protected abstract void await() throws InterruptedException;

        @Override
        public boolean block() throws InterruptedException {
            await();
            done = true;
            return true;
        }

        @Override
        public boolean isReleasable() {
            return done;
        }
    }

    /** Waits, after notifying the pool if the calling thread belongs to one. */
    public static void await(Wait wait) throws InterruptedException {
        if (!isOnPool()) {
            wait.await();
            return;
        }
        try {
            ForkJoinPool.managedBlock(wait);
        } catch (RejectedExecutionException noMoreThreads) {
            wait.await();
        }
    }
}
