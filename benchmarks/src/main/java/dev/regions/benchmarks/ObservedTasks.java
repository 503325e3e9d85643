package dev.regions.benchmarks;

import dev.regions.TaskBuilder;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.observe.TaskObserver;
import dev.regions.task.Priority;
import jdk.jfr.Recording;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * The cost of observation: the million tasks of {@link IndependentTasks}, without an observer, and with each way to
 * observe them. An observer cannot keep up with that many empty tasks; the benchmark measures the cost to the tasks.
 */
@About(title = "Observed tasks", text = "A million independent empty tasks, with and without somebody who looks.")
@OperationsPerInvocation(IndependentTasks.TASKS)
public class ObservedTasks extends Workload {
    private static final long MAX_RECORDING_BYTES = 64 << 20;

    int tasks = IndependentTasks.TASKS;
    Body body = Body.EMPTY;

    /** Nobody looks. */
    @Benchmark
    public void regions() {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            spawn(runtime);
        }
    }

    /** An observer that does nothing. */
    @Benchmark
    public void observer() {
        try (TaskRuntime runtime =
                TaskRuntime.builder().observer(new TaskObserver() {}).build()) {
            spawn(runtime);
        }
    }

    /** With diagnostics. */
    @Benchmark
    public void diagnostics() {
        try (TaskRuntime runtime = TaskRuntime.builder().diagnostics(true).build()) {
            spawn(runtime);
        }
    }

    /** With a recording of the JDK's flight recorder that has an event for each task. */
    @Benchmark
    public void flightRecorder() {
        try (Recording recording = new Recording()) {
            recording.enable("dev.regions.TaskExecuted").withoutThreshold();
            recording.setMaxSize(MAX_RECORDING_BYTES);
            recording.start();
            try (TaskRuntime runtime = TaskRuntime.builder().build()) {
                spawn(runtime);
            }
        }
    }

    private void spawn(TaskRuntime runtime) {
        runtime.run(() -> {
            for (int i = 0; i < tasks; i++) {
                Tasks.spawn(body);
            }
        });
    }

    /** Spawned by a builder, nobody looks; to compare with the next. */
    @Benchmark
    public void builder() {
        spawn(Tasks.builder().priority(Priority.NORMAL));
    }

    /** Spawned by a builder, with a name, which the worker's thread has in its own meanwhile. */
    @Benchmark
    public void named() {
        spawn(Tasks.builder().name("task"));
    }

    private void spawn(TaskBuilder task) {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> {
                for (int i = 0; i < tasks; i++) {
                    task.spawn(body);
                }
            });
        }
    }
}
