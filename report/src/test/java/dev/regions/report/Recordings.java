package dev.regions.report;

import dev.regions.queue.EdgeReason;
import dev.regions.task.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Recordings of runs that never were: files are parsed, and merged by twos, in a bulk region; then rows are inserted,
 * in bulk regions within a sequential one. Workers take what is ready, in order; how long each task takes is drawn.
 */
final class Recordings {
    private static final int ROWS_A_COMMIT = 40;

    private final Random random;
    private final RunRecording.Builder builder;
    private final List<int[]> edges = new ArrayList<>();
    private final int workers;

    private Recordings(long seed, int workers) {
        this.random = new Random(seed);
        this.workers = workers;
        this.builder = new RunRecording.Builder("simulated run of seed " + seed, Instant.parse("2026-01-01T12:00:00Z"));
    }

    /** Makes a recording of about so many tasks, on so many workers. */
    static RunRecording simulated(long seed, int tasks, int workers) {
        return new Recordings(seed, workers).run(tasks);
    }

    private RunRecording run(int tasks) {
        int bulk = builder.region(RecordedRegion.NONE, "bulk", "bulk region", 0);
        int files = Math.max(1, tasks / 3);
        List<Integer> level = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            level.add(builder.task("parse file-" + i, false, bulk, i * 40L));
        }
        for (int depth = 1; level.size() > 1; depth++) {
            List<Integer> next = new ArrayList<>();
            for (int i = 0; i + 1 < level.size(); i += 2) {
                int merge =
                        builder.task("merge " + depth + "/" + i / 2, false, bulk, files * 40L + builder.taskCount());
                edge(level.get(i), merge, EdgeReason.ARGUMENT, RecordedRegion.NONE);
                edge(level.get(i + 1), merge, EdgeReason.ARGUMENT, RecordedRegion.NONE);
                next.add(merge);
            }
            if (level.size() % 2 == 1) {
                next.add(level.get(level.size() - 1));
            }
            level = next;
        }
        long launched = files * 40L + builder.taskCount() + 1000;
        builder.regionLaunched(bulk, launched);
        builder.regionEnded(bulk, launched);
        int sequential = builder.region(RecordedRegion.NONE, "sequential", "sequential region", launched + 500);
        int previous = level.get(0);
        long now = launched + 1000;
        while (builder.taskCount() < tasks) {
            int rows = builder.region(sequential, "bulk", "bulk region", now);
            int barrier = -1;
            List<Integer> inserts = new ArrayList<>();
            for (int i = 0; i < ROWS_A_COMMIT && builder.taskCount() < tasks - 2; i++) {
                int insert = builder.task("insert row " + builder.taskCount(), false, rows, now++);
                edge(previous, insert, EdgeReason.SEQUENTIAL, sequential);
                inserts.add(insert);
            }
            barrier = builder.task("barrier", true, rows, now++);
            for (int insert : inserts) {
                edge(insert, barrier, EdgeReason.BARRIER, sequential);
            }
            edge(previous, barrier, EdgeReason.SEQUENTIAL, sequential);
            builder.regionLaunched(rows, now);
            builder.regionEnded(rows, now++);
            previous = builder.task("commit", false, sequential, now++);
            edge(barrier, previous, EdgeReason.SEQUENTIAL, sequential);
        }
        builder.regionEnded(sequential, now);
        return schedule(launched);
    }

    private void edge(int from, int to, EdgeReason reason, int region) {
        builder.edge(from, to, reason, false, region);
        edges.add(new int[] {from, to});
    }

    private RunRecording schedule(long launched) {
        int count = builder.taskCount();
        int[] waits = new int[count];
        List<List<Integer>> next = new ArrayList<>();
        for (int task = 0; task < count; task++) {
            next.add(new ArrayList<>(2));
        }
        for (int[] edge : edges) {
            waits[edge[1]]++;
            next.get(edge[0]).add(edge[1]);
        }
        long[] ready = new long[count];
        Arrays.fill(ready, launched);
        PriorityQueue<Integer> queue = new PriorityQueue<>(
                Comparator.<Integer>comparingLong(task -> ready[task]).thenComparing(task -> task));
        for (int task = 0; task < count; task++) {
            builder.launched(task, launched);
            if (waits[task] == 0) {
                queue.add(task);
            }
        }
        long[] free = new long[workers];
        for (int worker = 0; worker < workers; worker++) {
            builder.worker("worker " + (worker + 1));
        }
        RunRecording names = builder.snapshot(0, 0, 0);
        long end = 0;
        while (!queue.isEmpty()) {
            int task = queue.poll();
            builder.ready(task, ready[task]);
            long finished = ready[task] + 200;
            if (!names.barrier(task)) {
                int worker = 0;
                for (int other = 1; other < workers; other++) {
                    worker = free[other] < free[worker] ? other : worker;
                }
                long started = Math.max(ready[task], free[worker]) + 150 + random.nextInt(400);
                long mean = names.name(task).startsWith("parse") ? 60_000 : 12_000;
                finished = started + 500 + (long) (-Math.log(1 - random.nextDouble()) * mean);
                builder.started(task, started, worker);
                free[worker] = finished;
            }
            builder.finished(task, finished);
            builder.state(task, TaskState.SUCCEEDED);
            end = Math.max(end, finished);
            for (int successor : next.get(task)) {
                ready[successor] = Math.max(ready[successor], finished);
                if (--waits[successor] == 0) {
                    queue.add(successor);
                }
            }
        }
        return builder.snapshot(end, 0, 0);
    }
}
