package dev.regions.core.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.RegionScope;
import dev.regions.Regions;
import dev.regions.TaskRuntime;
import dev.regions.TaskScope;
import dev.regions.Tasks;
import dev.regions.core.schedule.DagCore;
import dev.regions.queue.BulkQueue;
import dev.regions.queue.ChainPolicy;
import dev.regions.queue.Joiner;
import dev.regions.queue.PendingTask;
import dev.regions.queue.QueueStack;
import dev.regions.queue.RegionAction;
import dev.regions.queue.SequentialQueue;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The list of open regions that hold tasks")
@Timeout(60)
class RegionRegistryTest {
    private final TaskRuntime runtime =
            TaskRuntime.builder().onUncaughtFailure(failure -> {}).build();
    private final DagCore core = (DagCore) Objects.requireNonNull(runtime.call(() -> QueueStack.runtime()));

    @AfterEach
    void close() {
        assertThat(open()).as("what is left").isZero();
        runtime.close();
    }

    private int open() {
        return Diagnostics.of(core).openRegions().count();
    }

    private void inRuntime(RegionAction<Exception> body) throws Exception {
        runtime.run(body);
    }

    @Test
    @DisplayName("has no others, which never pay for it")
    void onlyHolding() throws Exception {
        inRuntime(() -> {
            Regions.sequential(() -> assertThat(open()).isZero());
            Regions.joined(() -> assertThat(open()).isZero());
            Regions.joined(Joiner.failFast(), () -> assertThat(open()).isZero());
            Regions.withQueue(upstream -> new SequentialQueue(upstream, ChainPolicy.CONTINUE), () -> assertThat(open())
                    .isZero());
            RegionScope scope = Regions.joined();
            assertThat(open()).isZero();
            scope.close();
        });
    }

    @Test
    @DisplayName("has a block until it is launched, or given up")
    void blocks() throws Exception {
        inRuntime(() -> {
            Regions.bulk(() -> {
                assertThat(open()).isEqualTo(1);
                Regions.bulk(() -> assertThat(open()).isEqualTo(2));
                assertThat(open()).isEqualTo(1);
            });
            assertThat(open()).isZero();
            assertThatThrownBy(() -> Regions.bulk(() -> {
                        Tasks.spawn(() -> 1);
                        throw new IllegalStateException("given up");
                    }))
                    .hasMessage("given up");
        });
    }

    @Test
    @DisplayName("has one queue twice that is open twice")
    void sameQueue() throws Exception {
        inRuntime(() -> {
            BulkQueue queue = new BulkQueue(TaskRuntime.currentQueue());
            Regions.withQueue(upstream -> queue, () -> {
                Regions.withQueue(upstream -> queue, () -> assertThat(open()).isEqualTo(2));
                assertThat(open()).isEqualTo(1);
            });
        });
    }

    @Test
    @DisplayName("has a scope until it is closed, however that comes about")
    void scopes() throws Exception {
        inRuntime(() -> {
            try (RegionScope scope = Regions.bulk()) {
                scope.fork(() -> 1);
                assertThat(open()).isEqualTo(1);
                scope.join();
                assertThat(open()).isEqualTo(1);
            }
            assertThat(open()).isZero();
            try (TaskScope<?> scope = Regions.withQueue(BulkQueue::new, Joiner.failFast())) {
                assertThat(open()).isEqualTo(1);
                scope.join();
            }
            assertThat(open()).isZero();
            RegionScope unjoined = Regions.bulk();
            unjoined.fork(() -> 1);
            assertThatThrownBy(unjoined::close).hasMessageContaining("without join()");
            assertThat(open()).isZero();
            RegionScope outer = Regions.bulk();
            Regions.bulk();
            assertThat(open()).isEqualTo(2);
            assertThatThrownBy(outer::close).hasMessageContaining("was still open");
            assertThat(open()).isZero();
        });
    }

    @Test
    @DisplayName("has no scope that was left open in a block, or in the body of a task")
    void leftOpen() throws Exception {
        inRuntime(() -> {
            assertThatThrownBy(() -> Regions.sequential(() -> {
                        Regions.bulk();
                        assertThat(open()).isEqualTo(1);
                    }))
                    .hasMessageContaining("was left open");
            assertThat(open()).isZero();
            assertThatThrownBy(() -> Tasks.spawn(() -> {
                                Regions.bulk();
                                assertThat(open()).isEqualTo(1);
                            })
                            .join())
                    .hasStackTraceContaining("was left open");
        });
    }

    @Test
    @DisplayName("has no region whose end has thrown")
    void throwingEnd() throws Exception {
        inRuntime(() -> {
            assertThatThrownBy(() -> Regions.withQueue(
                            Throwing::new, () -> assertThat(open()).isEqualTo(1)))
                    .hasMessage("close");
            assertThatThrownBy(() -> Regions.withQueue(Throwing::new, () -> {
                        throw new IllegalStateException("body");
                    }))
                    .hasMessage("body");
            assertThat(open()).isZero();
            assertThatThrownBy(Regions.withQueue(Throwing::new)::close).hasMessage("close");
            assertThat(open()).isZero();
            RegionScope unjoined = Regions.withQueue(Throwing::new);
            unjoined.fork(() -> 1);
            assertThatThrownBy(unjoined::close).hasMessageContaining("without join()");
        });
    }

    private record Throwing(TaskQueue upstream) implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            upstream.enqueue(batch);
        }

        @Override
        public void close() {
            throw new IllegalStateException("close");
        }

        @Override
        public void abandon(Throwable reason) {
            throw new IllegalStateException("abandon");
        }

        @Override
        public boolean holdsUntilClosed() {
            return true;
        }
    }

    @Test
    @DisplayName("does not keep a scope that a thread has left behind when it ended")
    void forgotten() throws Exception {
        DagCore shared = (DagCore) Objects.requireNonNull(TaskRuntime.shared().call(() -> QueueStack.runtime()));
        int before = Diagnostics.of(shared).openRegions().count();
        AtomicInteger during = new AtomicInteger();
        Thread forgetful = Thread.ofPlatform().start(() -> {
            Regions.bulk().fork(() -> 1);
            during.set(Diagnostics.of(shared).openRegions().count());
        });
        forgetful.join();

        assertThat(during.get()).isEqualTo(before + 1);
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> {
            System.gc();
            TaskRuntime.shared().run(() -> Regions.bulk(() -> {}));
            return Diagnostics.of(shared).openRegions().count() <= before;
        });
    }
}
