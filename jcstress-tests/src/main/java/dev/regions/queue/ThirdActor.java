package dev.regions.queue;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;

/**
 * A third actor where there are processors for two only: jcstress would leave the test out. It has a thread of its own,
 * which takes a processor from one of the others, wherever that one is at the moment.
 */
final class ThirdActor {
    private static final ExecutorService THREAD = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("third actor").factory());

    private final FutureTask<?> action;

    ThirdActor(Runnable action) {
        this.action = new FutureTask<>(action, null);
    }

    /** Called by one of the actors. */
    void start() {
        THREAD.execute(action);
    }

    /** Called by the arbiter. */
    void join() {
        try {
            action.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
