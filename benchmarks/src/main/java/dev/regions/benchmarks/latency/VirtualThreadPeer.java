package dev.regions.benchmarks.latency;

import dev.regions.benchmarks.Body;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** {@code Thread.startVirtualThread}, {@code join} and {@code interrupt}. */
final class VirtualThreadPeer implements Peer {
    @Override
    public String name() {
        return "virtualThreadPerTask";
    }

    @Override
    public Set<Measure> measures() {
        return EnumSet.complementOf(EnumSet.of(Measure.CANCEL_WAITING));
    }

    @Override
    public void spawn(Body body) {
        Thread.startVirtualThread(body);
    }

    @Override
    public void spawnAndJoin(Body body) throws InterruptedException {
        Thread.startVirtualThread(body).join();
    }

    @Override
    public Cancellable spawnWaiting() {
        throw new UnsupportedOperationException("a thread that waits for another one runs");
    }

    @Override
    public Cancellable spawnBlocking(CountDownLatch started) {
        Thread thread = Thread.startVirtualThread(() -> Peer.block(started));
        return new Cancellable() {
            @Override
            public void awaitReleased() {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("nobody should interrupt this thread", e);
                }
            }

            @Override
            public void cancel() {
                thread.interrupt();
            }
        };
    }
}
