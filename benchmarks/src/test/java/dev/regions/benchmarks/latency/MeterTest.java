package dev.regions.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.benchmarks.Body;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Latency")
@Timeout(60)
class MeterTest {
    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long STALL = TimeUnit.MILLISECONDS.toNanos(50);

    /** Runs a task at once, but the first one takes long. */
    private static final class Stalling implements Peer {
        private boolean stalled;

        @Override
        public String name() {
            return "stalling";
        }

        @Override
        public Set<Measure> measures() {
            return Set.of(Measure.SPAWN_TO_START, Measure.SPAWN_TO_JOINED);
        }

        @Override
        public void spawn(Body body) {
            spawnAndJoin(body);
        }

        @Override
        public void spawnAndJoin(Body body) {
            if (!stalled) {
                stalled = true;
                long until = System.nanoTime() + STALL;
                while (until - System.nanoTime() > 0) {
                    LockSupport.parkNanos(until - System.nanoTime());
                }
            }
            body.run();
        }

        @Override
        public Cancellable spawnWaiting() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Cancellable spawnBlocking(CountDownLatch started) {
            throw new UnsupportedOperationException();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("spawns")
    @DisplayName("counts a stall for all that it held up, and not in one sample alone")
    void stall(Measure measure) throws Exception {
        Histogram histogram = Meter.measure(measure, new Stalling(), 100, INTERVAL);

        assertThat(histogram.getTotalCount()).isEqualTo(100);
        // Due within the first 40 ms of the stall, and held up until its end.
        assertThat(histogram.getCountBetweenValues(9 * INTERVAL, Long.MAX_VALUE))
                .isGreaterThanOrEqualTo(40);
    }

    static List<Measure> spawns() {
        return List.of(Measure.SPAWN_TO_START, Measure.SPAWN_TO_JOINED);
    }

    @ParameterizedTest(name = "{1}, {0}")
    @MethodSource("all")
    @DisplayName("is measured of each peer that says it can do it, beside other work, too")
    void eachPeer(String name, Measure measure) throws Exception {
        try (Peer peer = Peer.of(name)) {
            if (peer.measures().contains(measure)) {
                Load load = new Load(peer);
                Histogram histogram = Meter.measure(measure, peer, 20, INTERVAL);
                load.stop();

                assertThat(histogram.getTotalCount()).isGreaterThanOrEqualTo(20);
                assertThat(histogram.getMinValue()).isPositive();
            }
        }
    }

    static Stream<Arguments> all() {
        return Peer.NAMES.stream()
                .flatMap(name -> Stream.of(Measure.values()).map(measure -> Arguments.of(name, measure)));
    }

    @Test
    @DisplayName("has no load left over when that was stopped")
    void noLoadLeft() throws Exception {
        AtomicInteger running = new AtomicInteger();
        CountDownLatch some = new CountDownLatch(10);
        CountDownLatch go = new CountDownLatch(1);
        Thread stopper = Thread.currentThread();
        try (Peer peer = Peer.of("regions")) {
            Load load = new Load(new Held(peer, running, some, go));
            some.await();
            Thread.ofPlatform().daemon().start(() -> {
                while (go.getCount() > 0 && stopper.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait(); // until it waits for the tasks, and no longer for the thread that spawns
                }
                go.countDown();
            });
            load.stop();

            assertThat(running).hasValue(0);
        } finally {
            go.countDown();
        }
    }

    /** Counts the tasks, and holds them until they may go on. */
    private record Held(Peer peer, AtomicInteger running, CountDownLatch some, CountDownLatch go) implements Peer {
        @Override
        public String name() {
            return peer.name();
        }

        @Override
        public Set<Measure> measures() {
            return peer.measures();
        }

        @Override
        public void spawn(Body body) {
            running.incrementAndGet();
            some.countDown();
            peer.spawn(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("nobody should interrupt this task", e);
                }
                running.decrementAndGet();
                body.run();
            });
        }

        @Override
        public void spawnAndJoin(Body body) throws Exception {
            peer.spawnAndJoin(body);
        }

        @Override
        public Cancellable spawnWaiting() {
            return peer.spawnWaiting();
        }

        @Override
        public Cancellable spawnBlocking(CountDownLatch started) {
            return peer.spawnBlocking(started);
        }
    }
}
