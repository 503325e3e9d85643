package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.PendingTask;
import dev.regions.queue.SpawnListener;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A queue that listens to spawns")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class SpawnListenerTest {
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());

    /** Notes what it is told, and what arrives. */
    private record Listening(TaskQueue upstream, List<String> log, Consumer<PendingTask> also)
            implements TaskQueue, SpawnListener {
        @Override
        public void spawned(PendingTask task) {
            log.add("spawned " + task.name() + " " + task.task().taskState());
            also.accept(task);
        }

        @Override
        public void enqueue(PendingTask task) {
            log.add("arrived " + task.name());
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            batch.tasks().forEach(task -> log.add("arrived " + task.name()));
            upstream.enqueue(batch);
        }
    }

    private TaskRuntime listening(Consumer<PendingTask> also) {
        return TaskRuntime.builder()
                .root(core -> new Listening(core, log, also))
                .build();
    }

    private static Task<Integer> spawn(String name) {
        return Tasks.builder().name(name).spawn(() -> 1);
    }

    @Test
    @DisplayName("as the root is told of each task at the spawn, on the spawning thread, before the region gets it")
    void root() {
        List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        try (TaskRuntime runtime = listening(task -> threads.add(Thread.currentThread()))) {
            runtime.run(() -> {
                spawn("root");
                Regions.bulk(() -> {
                    spawn("a");
                    Regions.sequential(() -> spawn("b"));
                });
                try (var scope = Regions.bulk()) {
                    scope.fork(() -> 1);
                    scope.launch();
                }
            });
        }

        assertThat(log.subList(0, 6))
                .containsExactly(
                        "spawned root UNLAUNCHED",
                        "arrived root",
                        "spawned a UNLAUNCHED",
                        "spawned b UNLAUNCHED",
                        "arrived a",
                        "arrived b");
        assertThat(threads).hasSize(4).containsOnly(Thread.currentThread());
    }

    @Test
    @DisplayName("is told of what bodies spawn, and not of the barriers of other queues")
    void bodiesAndBarriers() throws Exception {
        try (TaskRuntime runtime = listening(task -> {})) {
            runtime.call(() -> Tasks.builder().name("outer").spawn(() -> {
                        spawn("inner").join();
                    }))
                    .join();
            runtime.run(() -> Regions.sequential(() -> {
                for (String step : List.of("1", "2")) {
                    Regions.bulk(() -> {
                        spawn(step + "a");
                        spawn(step + "b");
                    });
                }
            }));
        }

        assertThat(log.stream().filter(line -> line.startsWith("spawned")))
                .extracting(line -> line.split(" ")[1])
                .containsExactly("outer", "inner", "1a", "1b", "2a", "2b");
        assertThat(log.stream().filter(line -> line.startsWith("arrived"))).hasSizeGreaterThan(6);
    }

    @Test
    @DisplayName("in a region is told of what is spawned in that, and in regions inside it")
    void region() throws Exception {
        List<Task<?>> tasks = new ArrayList<>();

        Regions.withQueue(upstream -> new Listening(upstream, log, task -> {}), () -> {
            tasks.add(spawn("a"));
            Regions.bulk(() -> tasks.add(spawn("b")));
        });
        tasks.add(spawn("outside"));

        for (Task<?> task : tasks) {
            task.join();
        }
        assertThat(log).containsExactly("spawned a UNLAUNCHED", "arrived a", "spawned b UNLAUNCHED", "arrived b");
    }

    @Test
    @DisplayName("makes the spawn throw what it throws; the task is abandoned, and no region gets it")
    void throwing() {
        List<Task<?>> tasks = new ArrayList<>();
        try (TaskRuntime runtime = listening(task -> {
            tasks.add(task.task());
            throw new IllegalStateException("not this one");
        })) {
            assertThatThrownBy(() -> runtime.run(() -> spawn("a"))).hasMessage("not this one");
            runtime.run(() ->
                    Regions.bulk(() -> assertThatThrownBy(() -> spawn("b")).hasMessage("not this one")));
            assertThat(runtime.inFlightCount()).isZero();
        }

        assertThat(tasks).hasSize(2).allMatch(task -> task.taskState() == TaskState.ABANDONED);
        assertThat(log).noneMatch(line -> line.startsWith("arrived"));
    }

    @Test
    @DisplayName(
            "may wrap the body in one that is not to be run in place: a join never does, below other wrappers either")
    void notInPlace() throws Exception {
        PendingTask.BodyWrapper elsewhere = new PendingTask.BodyWrapper() {
            @Override
            public @Nullable Object call(Callable<? extends @Nullable Object> body) throws Exception {
                return body.call();
            }

            @Override
            public boolean mayRunInPlace() {
                return false;
            }
        };
        try (TaskRuntime runtime = listening(task -> {
            task.wrap(elsewhere);
            task.wrap(Callable::call);
        })) {
            for (int attempt = 0; attempt < 500; attempt++) {
                boolean inPlace = runtime.call(() -> Tasks.spawn(() -> {
                            Thread here = Thread.currentThread();
                            return Tasks.spawn(() -> Thread.currentThread() == here)
                                    .join();
                        })
                        .join());
                assertThat(inPlace).isFalse();
            }
        }
    }
}
