package dev.regions.benchmarks.latency;

import dev.regions.benchmarks.Body;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A way to run a single task: ours, or what one would use instead. */
interface Peer extends AutoCloseable {
    /** The names of all of them, ours first. */
    List<String> NAMES = List.of("regions", "completableFuture", "forkJoinPool", "virtualThreadPerTask");

    static Peer of(String name) {
        return switch (name) {
            case "regions" -> new RegionsPeer();
            case "completableFuture" -> new FuturePeer();
            case "forkJoinPool" -> new ForkJoinPeer();
            case "virtualThreadPerTask" -> new VirtualThreadPeer();
            default ->
                throw new IllegalArgumentException(
                        "there is no peer '" + name + "'; there are " + String.join(", ", NAMES));
        };
    }

    /** A task that can be cancelled. */
    interface Cancellable {
        /** Waits until the task is over, or cancelled. */
        void awaitReleased();

        /** Cancels it. */
        void cancel();
    }

    /** Returns the name, that of the methods of the workloads. */
    String name();

    /** Returns what this can do. */
    Set<Measure> measures();

    /** Starts a task. */
    void spawn(Body body);

    /** Starts a task and waits for its end. */
    void spawnAndJoin(Body body) throws Exception;

    /** Starts a task that waits for another one, which never ends. */
    Cancellable spawnWaiting();

    /** Starts a task whose body counts down and then blocks until it is interrupted. */
    Cancellable spawnBlocking(CountDownLatch started);

    /** The body of a task that blocks until it is interrupted. */
    static void block(CountDownLatch started) {
        started.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            // This is what it waits for, and its end.
        }
    }

    @Override
    default void close() {}
}
