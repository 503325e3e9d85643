package dev.regions.benchmarks;

import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * The peers of {@link IndependentTasks}, with something to do: ten thousand independent tasks of about 1, 10 and 100
 * microseconds of work each, spawned by one thread outside, until the last has run. The work is a fixed number of
 * operations, the same for all peers; {@code sequential} says how long it really takes on this machine. On P processors
 * the least possible time per task is that divided by P.
 */
@About(
        title = "Tasks with work",
        text =
                "10,000 independent tasks of about 1, 10 and 100 microseconds of work. The least possible is the sequential time divided by the processors.")
@OperationsPerInvocation(TasksWithWork.TASKS)
public class TasksWithWork extends IndependentTasks {
    /** How many tasks are spawned. */
    public static final int TASKS = 10_000;

    /** How much {@link Blackhole#consumeCPU} takes about a microsecond. */
    public static final long TOKENS_PER_MICROSECOND = 400;

    /** About how long a task works. */
    @Param({"1", "10", "100"})
    public int microseconds = 1;

    /** Makes the workload. */
    public TasksWithWork() {
        tasks = TASKS;
    }

    /** Makes the body. */
    @Setup
    public void setBody() {
        long tokens = microseconds * TOKENS_PER_MICROSECOND;
        body = () -> Blackhole.consumeCPU(tokens);
    }
}
