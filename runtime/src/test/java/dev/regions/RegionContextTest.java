package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.RegionAction;
import dev.regions.queue.RegionBody;
import dev.regions.task.QueueClosedException;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import dev.regions.task.UnlaunchedTaskException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Regions, taken along to other threads,")
@Timeout(60)
class RegionContextTest {

    @Test
    @DisplayName("hold what a parallel stream spawns until the bulk region ends")
    void bulk() throws Exception {
        AtomicBoolean open = new AtomicBoolean(true);
        AtomicInteger early = new AtomicInteger();
        List<Task<?>> all = new CopyOnWriteArrayList<>();

        Regions.bulk(() -> {
            RegionContext region = Regions.current();
            IntStream.range(0, 1000)
                    .parallel()
                    .forEach(i -> region.run(() -> all.add(Tasks.spawn(() -> {
                        if (open.get()) {
                            early.incrementAndGet();
                        }
                    }))));
            assertThat(all).allSatisfy(task -> assertThat(task.taskState()).isEqualTo(TaskState.UNLAUNCHED));
            open.set(false);
        });

        for (Task<?> task : all) {
            task.join();
        }
        assertThat(all).hasSize(1000);
        assertThat(early).hasValue(0);
    }

    @Test
    @DisplayName("wait for what a parallel stream spawns, in block form and in scope form")
    void joined() throws Exception {
        AtomicInteger ended = new AtomicInteger();

        Regions.joined(() -> spawnInParallel(ended));
        int afterBlock = ended.get();
        try (var scope = Regions.joined()) {
            spawnInParallel(ended);
            scope.join();
        }

        assertThat(afterBlock).isEqualTo(1000);
        assertThat(ended).hasValue(2000);
    }

    private static void spawnInParallel(AtomicInteger ended) {
        RegionContext region = Regions.current();
        IntStream.range(0, 1000).parallel().forEach(i -> region.call(() -> Tasks.spawn(ended::incrementAndGet)));
    }

    @Test
    @DisplayName("order what the threads of a pool spawn")
    void sequential() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Task<?>> all = new CopyOnWriteArrayList<>();

        try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
            Regions.sequential(() -> {
                RegionContext region = Regions.current();
                List<Future<?>> spawning = new ArrayList<>();
                for (int k = 0; k < 4; k++) {
                    spawning.add(pool.submit(() -> region.run(() -> {
                        for (int i = 0; i < 50; i++) {
                            all.add(Tasks.spawn(() -> {
                                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                                now.decrementAndGet();
                            }));
                        }
                    })));
                }
                for (Future<?> each : spawning) {
                    each.get();
                }
            });
        }

        for (Task<?> task : all) {
            task.join();
        }
        assertThat(all).hasSize(200);
        assertThat(most).hasValue(1);
    }

    @Test
    @DisplayName("bring their runtime along; outside of all of them, that is the shared one")
    void runtime() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().name("own").build()) {
            RegionContext own = runtime.call(() -> Regions.current());
            RegionContext none = Regions.current();

            assertThat(Handshakes.onAnotherThread(() -> own.call(TaskRuntime::currentQueue)))
                    .hasToString(runtime.toString());
            assertThat(Handshakes.onAnotherThread(() -> runtime.call(() -> none.call(TaskRuntime::currentQueue))))
                    .hasToString(TaskRuntime.shared().toString());
        }
    }

    @Test
    @DisplayName("hide those that are open on the other thread, and are gone from it afterwards")
    void hidesOthers() throws Exception {
        RegionContext none = Regions.current();

        Regions.bulk(() -> {
            Task<Integer> outside = none.call(() -> Tasks.spawn(() -> 1));

            assertThat(outside.join()).isEqualTo(1);
            assertThat(Tasks.spawn(() -> 2).taskState()).isEqualTo(TaskState.UNLAUNCHED);
        });
    }

    @Test
    @DisplayName("refuse what is spawned after their end")
    void late() throws Exception {
        AtomicReference<RegionContext> ended = new AtomicReference<>();
        Regions.bulk(() -> ended.set(Regions.current()));

        assertThatThrownBy(() -> ended.get().call(() -> Tasks.spawn(() -> 1))).isInstanceOf(QueueClosedException.class);
    }

    @Test
    @DisplayName("do not let a joined region wait inside a bulk region that another thread has open")
    void joinedInsideHolder() throws Exception {
        CountDownLatch checked = new CountDownLatch(1);

        Regions.bulk(() -> {
            RegionContext region = Regions.current();
            Handshakes.onAnotherThread(() -> {
                assertThatThrownBy(() -> region.run(() -> Regions.joined(() -> Tasks.spawn(() -> 1))))
                        .isInstanceOf(UnlaunchedTaskException.class);
                checked.countDown();
                return null;
            });
        });

        Handshakes.await(checked);
    }

    @Test
    @DisplayName("refuse null")
    void nulls() {
        assertThatNullPointerException()
                .isThrownBy(() -> Regions.current().run((RegionAction<RuntimeException>) null))
                .withMessage("body");
        assertThatNullPointerException()
                .isThrownBy(() -> Regions.current().call((RegionBody<Integer, RuntimeException>) null))
                .withMessage("body");
    }
}
