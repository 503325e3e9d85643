package dev.regions.benchmarks.taskbench;

import dev.regions.benchmarks.taskbench.TaskGraph.Plan;
import java.util.List;

/** A way to run a graph of tasks: ours, or what one would use instead. */
interface TaskSystem extends AutoCloseable {
    /** The names of all of them, ours first. */
    List<String> NAMES = List.of("regions", "forkJoinPool", "completableFuture", "virtualThreadPerTask", "reactor");

    /** Returns the name, that of the methods of the workloads. */
    String name();

    /** Runs the graph, and returns when all of it has run. */
    void run(Plan plan, Kernel kernel) throws Exception;

    @Override
    default void close() {}

    static TaskSystem of(String name) {
        return switch (name) {
            case "regions" -> new RegionsSystem();
            case "forkJoinPool" -> new ForkJoinSystem();
            case "completableFuture" -> new FutureSystem();
            case "virtualThreadPerTask" -> new VirtualThreadSystem();
            case "reactor" -> new ReactorSystem();
            default ->
                throw new IllegalArgumentException(
                        "there is no system '" + name + "'; there are " + String.join(", ", NAMES));
        };
    }
}
