package dev.regions.report;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The edges of a graph, found from either end, and a topological order of its tasks. Compressed sparse rows: the edges
 * into and out of a task are a stretch of one array. Immutable.
 */
final class Dag {
    private final int[] inStart;
    private final int[] in;
    private final int[] outStart;
    private final int[] out;
    private final int[] from;
    private final int[] to;
    private final int[] order;

    /**
     * Creates the graph of tasks numbered from 0 on.
     *
     * @param from the predecessor of each edge
     * @param to the successor of each edge
     * @throws IllegalArgumentException if the edges form a cycle
     */
    Dag(int tasks, int edges, int[] from, int[] to) {
        this.from = from;
        this.to = to;
        this.inStart = starts(tasks, edges, to);
        this.in = rows(edges, to, inStart);
        this.outStart = starts(tasks, edges, from);
        this.out = rows(edges, from, outStart);
        this.order = order(tasks);
    }

    static Dag of(RunRecording recording) {
        int edges = recording.edgeCount();
        int[] from = new int[edges];
        int[] to = new int[edges];
        for (int edge = 0; edge < edges; edge++) {
            from[edge] = recording.predecessor(edge);
            to[edge] = recording.successor(edge);
        }
        return new Dag(recording.taskCount(), edges, from, to);
    }

    private static int[] starts(int tasks, int edges, int[] end) {
        int[] starts = new int[tasks + 1];
        for (int edge = 0; edge < edges; edge++) {
            starts[end[edge] + 1]++;
        }
        Arrays.parallelPrefix(starts, Integer::sum);
        return starts;
    }

    private static int[] rows(int edges, int[] end, int[] starts) {
        int[] rows = new int[edges];
        int[] next = Arrays.copyOf(starts, starts.length);
        for (int edge = 0; edge < edges; edge++) {
            rows[next[end[edge]]++] = edge;
        }
        return rows;
    }

    /** A. B. Kahn, Topological sorting of large networks, Communications of the ACM 5 (1962). */
    private int[] order(int tasks) {
        int[] waitsFor = new int[tasks];
        int[] sorted = new int[tasks];
        int end = 0;
        for (int task = 0; task < tasks; task++) {
            waitsFor[task] = inStart[task + 1] - inStart[task];
            if (waitsFor[task] == 0) {
                sorted[end++] = task;
            }
        }
        for (int next = 0; next < end; next++) {
            int task = sorted[next];
            for (int i = outStart[task]; i < outStart[task + 1]; i++) {
                if (--waitsFor[to[out[i]]] == 0) {
                    sorted[end++] = to[out[i]];
                }
            }
        }
        if (end < tasks) {
            throw new IllegalArgumentException(
                    "the edges go in a circle: " + (tasks - end) + " of " + tasks + " tasks are in one or behind it");
        }
        return sorted;
    }

    /** Returns the tasks, each after its predecessors. Must not be changed. */
    int[] order() {
        return order;
    }

    int from(int edge) {
        return from[edge];
    }

    int to(int edge) {
        return to[edge];
    }

    void forEachIn(int task, IntConsumer edge) {
        for (int i = inStart[task]; i < inStart[task + 1]; i++) {
            edge.accept(in[i]);
        }
    }

    void forEachOut(int task, IntConsumer edge) {
        for (int i = outStart[task]; i < outStart[task + 1]; i++) {
            edge.accept(out[i]);
        }
    }

    /** Returns the number of edges of the longest path to each task. */
    int[] depths() {
        int[] depths = new int[order.length];
        for (int task : order) {
            forEachOut(task, edge -> depths[to[edge]] = Math.max(depths[to[edge]], depths[task] + 1));
        }
        return depths;
    }
}
