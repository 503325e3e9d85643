package dev.regions.soak;

import static dev.regions.soak.GraphWorkloads.require;

import dev.regions.CompletableTask;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Workloads in which waits give up on a task that stays pending for the whole soak. Whatever they leave on that task
 * shows as a heap that grows. The task is in a runtime of its own, because nothing may be pending in the shared one at
 * rest.
 */
final class WaitWorkloads implements AutoCloseable {
    private static final Duration SHORT = Duration.ofMillis(1);

    private final TaskRuntime runtime = TaskRuntime.builder()
            .name("long-lived")
            .onUncaughtFailure(failure -> {})
            .build();
    private final CompletableTask<Integer> pending = runtime.call(() -> Tasks.completable());

    List<Workload> all() {
        return List.of(this::timedWaits, this::cancelledDependents, this::lateDependents, this::cancelledJoiners);
    }

    /** Waits with a time, of several threads at once. */
    private void timedWaits(SplittableRandom random) throws Exception {
        List<FutureTask<@Nullable Void>> threads = new ArrayList<>();
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            int waits = random.nextInt(50);
            FutureTask<@Nullable Void> thread = new FutureTask<>(() -> {
                for (int wait = 0; wait < waits; wait++) {
                    giveUp();
                }
                return null;
            });
            threads.add(thread);
            Thread.ofVirtual().name("impatient").start(thread);
        }
        for (FutureTask<@Nullable Void> thread : threads) {
            thread.get();
        }
    }

    private void giveUp() throws Exception {
        try {
            pending.task().get(10, TimeUnit.MICROSECONDS);
            require(false, "the task is not final");
        } catch (TimeoutException expected) {
            // the next wait begins
        }
    }

    private void cancelledDependents(SplittableRandom random) throws Exception {
        List<Task<?>> dependents = runtime.call(() -> {
            List<Task<?>> spawned = new ArrayList<>();
            for (int left = random.nextInt(50); left > 0; left--) {
                Task<Integer> first = random.nextBoolean()
                        ? Tasks.spawn(pending.task(), x -> x)
                        : Tasks.builder().after(pending.task()).spawn(() -> 1);
                spawned.add(first);
                spawned.add(Tasks.spawn(first, x -> x));
            }
            return spawned;
        });
        for (int i = 0; i < dependents.size(); i += 2) {
            dependents.get(i).cancel();
        }
        for (int i = 0; i < dependents.size(); i++) {
            TaskState expected = i % 2 == 0 ? TaskState.CANCELLED : TaskState.SKIPPED;
            dependents.get(i).await();
            require(dependents.get(i).taskState() == expected, "a dependent of a pending task is " + expected);
        }
    }

    private void lateDependents(SplittableRandom random) throws Exception {
        List<Task<?>> dependents = runtime.call(() -> {
            List<Task<?>> spawned = new ArrayList<>();
            for (int left = random.nextInt(50); left > 0; left--) {
                spawned.add(
                        Tasks.builder().deadline(SHORT).requires(pending.task()).spawn(() -> {}));
            }
            return spawned;
        });
        for (Task<?> dependent : dependents) {
            dependent.await();
            require(dependent.exceptionNow() instanceof TimeoutException, "a dependent of a pending task is late");
        }
    }

    /** Tasks that are cancelled while they join the pending one. */
    private void cancelledJoiners(SplittableRandom random) throws Exception {
        List<Task<?>> joiners = runtime.call(() -> {
            List<Task<?>> spawned = new ArrayList<>();
            for (int left = random.nextInt(20); left > 0; left--) {
                spawned.add(Tasks.spawn(() -> pending.task().join()));
            }
            return spawned;
        });
        for (Task<?> joiner : joiners) {
            joiner.cancel();
        }
        for (Task<?> joiner : joiners) {
            joiner.await();
            require(joiner.taskState() == TaskState.CANCELLED, "a cancelled joiner is cancelled");
        }
    }

    @Override
    public void close() {
        pending.complete(1);
        runtime.close();
    }
}
