package dev.regions.model;

import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** What was seen of a program that ran. Written by all of its threads. */
final class Observation {
    /** The outcome of a mark that has been passed without an exception. */
    static final Object PASSED = "passed";

    private final AtomicLong clock = new AtomicLong();
    private final AtomicReferenceArray<@Nullable Task<Integer>> tasks;
    private final AtomicIntegerArray runs;
    private final AtomicLongArray begins;
    private final AtomicLongArray ends;
    private final AtomicReferenceArray<@Nullable Object> marks;
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();

    Observation(Program program) {
        int count = program.tasks();
        tasks = new AtomicReferenceArray<>(count);
        runs = new AtomicIntegerArray(count);
        begins = new AtomicLongArray(count);
        ends = new AtomicLongArray(count);
        marks = new AtomicReferenceArray<>(program.marks());
    }

    // ---- Noting -----------------------------------------------------------------------------------------------------

    void spawned(int id, Task<Integer> task) {
        tasks.set(id, task);
    }

    /** Notes that a body begins; returns how often it has begun by now. */
    int begins(int id) {
        int run = runs.incrementAndGet(id);
        Task<Integer> task = tasks.get(id);
        if (task != null && task.isDone()) {
            violation("task " + id + " ran although it was final");
        }
        if (run == 1) {
            begins.set(id, clock.incrementAndGet());
        }
        return run;
    }

    void ends(int id) {
        ends.set(id, clock.incrementAndGet());
    }

    void passed(int mark, Object outcome) {
        marks.set(mark, outcome);
    }

    void violation(String what) {
        violations.add(what);
    }

    // ---- Looking ----------------------------------------------------------------------------------------------------

    @Nullable
    Task<Integer> task(int id) {
        return tasks.get(id);
    }

    int tasks() {
        return tasks.length();
    }

    int runs(int id) {
        return runs.get(id);
    }

    boolean ran(int id) {
        return runs.get(id) > 0;
    }

    /** Tells whether a body ran, and was interrupted by a cancellation. */
    boolean wasCut(int id) {
        Task<Integer> task = tasks.get(id);
        return ran(id) && task != null && task.taskState() == TaskState.CANCELLED;
    }

    /** Returns when a body began first, 0 for never. */
    long begin(int id) {
        return begins.get(id);
    }

    /** Returns when a body ended last, 0 for never. */
    long end(int id) {
        return ends.get(id);
    }

    /** Returns the outcome of a mark: what was thrown or returned; null if it was not passed. */
    @Nullable
    Object at(int mark) {
        return marks.get(mark);
    }

    Queue<String> violations() {
        return violations;
    }
}
