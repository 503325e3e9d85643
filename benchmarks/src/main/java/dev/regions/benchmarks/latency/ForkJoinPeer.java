package dev.regions.benchmarks.latency;

import dev.regions.benchmarks.Body;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;

/** {@code ForkJoinPool.submit}. It knows no tasks that wait for others. */
final class ForkJoinPeer implements Peer {
    private final ForkJoinPool pool = new ForkJoinPool();

    @Override
    public String name() {
        return "forkJoinPool";
    }

    @Override
    public Set<Measure> measures() {
        return EnumSet.complementOf(EnumSet.of(Measure.CANCEL_WAITING));
    }

    @Override
    public void spawn(Body body) {
        pool.execute(body);
    }

    @Override
    public void spawnAndJoin(Body body) {
        pool.submit(body).join();
    }

    @Override
    public Cancellable spawnWaiting() {
        throw new UnsupportedOperationException("ForkJoinPool knows no tasks that wait for others");
    }

    @Override
    public Cancellable spawnBlocking(CountDownLatch started) {
        Future<Object> task = pool.submit(() -> {
            Peer.block(started);
            return started;
        });
        return new Cancellable() {
            @Override
            public void awaitReleased() {
                try {
                    task.get();
                } catch (CancellationException e) {
                    // This is what it waits for.
                } catch (InterruptedException | ExecutionException e) {
                    throw new IllegalStateException("the task should have been cancelled", e);
                }
            }

            @Override
            public void cancel() {
                task.cancel(true);
            }
        };
    }

    @Override
    public void close() {
        pool.close();
    }
}
