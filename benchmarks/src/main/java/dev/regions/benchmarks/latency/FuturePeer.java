package dev.regions.benchmarks.latency;

import dev.regions.benchmarks.Body;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** {@code CompletableFuture} on its default executor. It does not interrupt a body that runs. */
final class FuturePeer implements Peer {
    @Override
    public String name() {
        return "completableFuture";
    }

    @Override
    public Set<Measure> measures() {
        return EnumSet.complementOf(EnumSet.of(Measure.CANCEL_RUNNING));
    }

    @Override
    public void spawn(Body body) {
        CompletableFuture.runAsync(body);
    }

    @Override
    public void spawnAndJoin(Body body) {
        CompletableFuture.supplyAsync(() -> {
                    body.run();
                    return null;
                })
                .join();
    }

    @Override
    public Cancellable spawnWaiting() {
        // A future of its own to wait for: what is cancelled stays listed with the one that it waited for.
        CompletableFuture<Void> task = new CompletableFuture<Void>().thenRunAsync(Body.EMPTY);
        return new Cancellable() {
            @Override
            public void awaitReleased() {
                try {
                    task.join();
                } catch (CancellationException e) {
                    // This is what it waits for.
                }
            }

            @Override
            public void cancel() {
                task.cancel(true);
            }
        };
    }

    @Override
    public Cancellable spawnBlocking(CountDownLatch started) {
        throw new UnsupportedOperationException("CompletableFuture does not interrupt a body");
    }
}
