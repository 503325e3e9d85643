package dev.regions.core;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;

/**
 * Waits on the threads of a {@link ForkJoinPool}, which come to an end if all of them wait: as {@code CompletableFuture.join()} does,
 * a wait tells the pool, which then has another thread take over for the time. All other threads, and the workers of this runtime
 * among them, wait as they are.
 */
final class Blocking {
    private Blocking() {}

    /** Returns true if the calling thread belongs to a {@link ForkJoinPool} that is to be told of waits. */
    static boolean isToldOfWaits() {
        return Thread.currentThread() instanceof ForkJoinWorkerThread;
    }

    /** Something to wait for. Called by the waiting thread alone. */
    abstract static class Wait implements ForkJoinPool.ManagedBlocker {
        private boolean done;

        /** Waits, or only for a while: the caller looks again. */
        abstract void await() throws InterruptedException;

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

    /** Waits, having told the pool of the calling thread if that has one. */
    static void await(Wait wait) throws InterruptedException {
        if (!isToldOfWaits()) {
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
