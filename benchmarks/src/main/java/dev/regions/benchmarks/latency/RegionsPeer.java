package dev.regions.benchmarks.latency;

import dev.regions.Tasks;
import dev.regions.benchmarks.Body;
import dev.regions.benchmarks.Step;
import dev.regions.task.Task;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

final class RegionsPeer implements Peer {
    @Override
    public String name() {
        return "regions";
    }

    @Override
    public Set<Measure> measures() {
        return EnumSet.allOf(Measure.class);
    }

    @Override
    public void spawn(Body body) {
        Tasks.spawn(body);
    }

    @Override
    public void spawnAndJoin(Body body) throws InterruptedException {
        Tasks.spawn(body).join();
    }

    @Override
    public Cancellable spawnWaiting() {
        Task<Object> never = Tasks.<Object>completable().task();
        return cancellable(Tasks.spawn(never, Step.SAME), never);
    }

    @Override
    public Cancellable spawnBlocking(CountDownLatch started) {
        return cancellable(Tasks.spawn(() -> Peer.block(started)), null);
    }

    private static Cancellable cancellable(Task<?> task, @Nullable Task<?> waitedFor) {
        return new Cancellable() {
            @Override
            public void awaitReleased() {
                try {
                    task.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("nobody should interrupt this thread", e);
                }
            }

            @Override
            public void cancel() {
                task.cancel();
                if (waitedFor != null) {
                    waitedFor.cancel(); // or the runtime would keep it, as one that somebody may complete yet
                }
            }
        };
    }
}
