package dev.regions.model;

import dev.regions.TaskRuntime;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Runs a program, in a runtime of its own, and compares what comes of it with the model.
 *
 * @param root what stands in front of the scheduler
 * @param runs makes what takes the steps
 * @param patience how long a program may take before it counts as one that does not end
 */
record ModelCheck(UnaryOperator<TaskQueue> root, BiFunction<Program, Observation, ProgramRun> runs, Duration patience) {

    /** Returns the check of the runtime as it is. */
    static ModelCheck ofRuntime() {
        return new ModelCheck(UnaryOperator.identity(), ProgramRun::new, Duration.ofSeconds(60));
    }

    /** Returns the same with another patience. */
    ModelCheck patient(Duration patience) {
        return new ModelCheck(root, runs, patience);
    }

    /** Runs a well-formed program; returns in what it differs from the model, in words. */
    List<String> differences(Program program) throws InterruptedException {
        Observation seen = new Observation(program);
        TaskRuntime runtime = TaskRuntime.builder()
                .name("model")
                .root(root)
                .onUncaughtFailure(failure -> {}) // most are meant
                .build();
        FutureTask<Boolean> running = new FutureTask<>(() -> {
            runtime.run(() -> runs.apply(program, seen).run());
            runtime.close();
            return true;
        });
        Thread.ofPlatform().name("model").daemon().start(running);
        try {
            running.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            runtime.shutdownNow();
            return List.of("the program threw " + failed.getCause());
        } catch (TimeoutException late) {
            String states = unfinished(seen);
            running.cancel(true);
            runtime.shutdownNow();
            return List.of("the program does not end; not final: " + states);
        }
        List<String> differences = Comparison.differences(Model.of(program), seen);
        if (differences.isEmpty() && runtime.inFlightCount() != 0) {
            return List.of("the runtime is closed, and counts " + runtime.inFlightCount() + " tasks in flight");
        }
        return differences;
    }

    private static String unfinished(Observation seen) {
        return IntStream.range(0, seen.tasks())
                .filter(id -> seen.task(id) instanceof Task<Integer> task && !task.isDone())
                .mapToObj(id -> "task " + id + " (" + seen.task(id) + ")")
                .toList()
                .toString();
    }
}
