package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * What tests prove order with: latches whose waits fail instead of hanging, and threads whose failures are not lost.
 */
final class Handshakes {
    /** Long enough for any machine; only a test that fails waits for so long. */
    static final long SECONDS = 30;

    private Handshakes() {}

    /** Waits for a latch. */
    static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(SECONDS, TimeUnit.SECONDS)).as("the latch opens").isTrue();
    }

    /** Runs something on another platform thread and waits for it. */
    static <T> T onAnotherThread(Callable<T> body) throws Exception {
        return start(body).get(SECONDS, TimeUnit.SECONDS);
    }

    /** Runs something on another platform thread. */
    static <T> FutureTask<T> start(Callable<T> body) {
        FutureTask<T> running = new FutureTask<>(body);
        Thread.ofPlatform().daemon().name("test helper").start(running);
        return running;
    }

    /** Waits until a thread is parked or blocked: it has come to where it waits. */
    static void awaitParked(Thread thread) {
        org.awaitility.Awaitility.await()
                .until(() ->
                        thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }
}
