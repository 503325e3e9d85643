package dev.regions.report;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The chain of tasks that determined the duration of a run, and how much later each other task could have ended without
 * lengthening the run.
 *
 * <p>This is the critical path method (J. E. Kelley and M. R. Walker, Critical-path planning and scheduling,
 * Proceedings of the Eastern Joint Computer Conference, 1959) over measured times. The activities are the tasks. A task
 * can begin once it is launched and its predecessors are completed. Its duration counts from then on: the time it
 * waited for a thread, and the time its body ran. Therefore the longest path is as long as the run, up to the end of
 * its last task. The <em>slack</em> of a task is the total float of the method: how much longer it could have taken,
 * all other durations being the same.
 *
 * <p>The same with run times alone, as if there were a thread for each task and all were launched at once, gives the
 * <em>span</em>: no number of threads completes the graph sooner. Work divided by span is the parallelism of the graph
 * (R. D. Blumofe and C. E. Leiserson, Scheduling multithreaded computations by work stealing, Journal of the ACM 46,
 * 1999).
 *
 * <p>A task that was never launched has no part in it; an uncompleted one counts up to the end of the recording. A
 * skipped task ends with the task because of which it was skipped. Times are in nanoseconds. Immutable.
 */
public final class CriticalPath {
    private final RunRecording recording;
    private final List<RecordedTask> tasks;
    private final BitSet on;
    private final long length;
    private final long span;
    private final long work;
    private final long[] slack;

    private CriticalPath(RunRecording recording, Dag dag) {
        this.recording = recording;
        int count = recording.taskCount();
        long[] release = new long[count];
        long[] taken = new long[count];
        long[] ran = new long[count];
        long sum = 0;
        for (int task = 0; task < count; task++) {
            release[task] = Math.max(0, recording.launched(task));
            taken[task] = taken(dag, task);
            ran[task] = ran(task);
            sum += ran[task];
        }
        this.work = sum;
        this.span = Arrays.stream(earliestEnds(dag, new long[count], ran)).max().orElse(0);
        long[] ends = earliestEnds(dag, release, taken);
        this.length = Arrays.stream(ends).max().orElse(0);
        this.slack = slack(dag, ends, taken);
        this.tasks = path(dag, ends, taken);
        this.on = new BitSet(count);
        tasks.forEach(task -> on.set(task.id()));
    }

    /**
     * Computes the critical path of a run.
     *
     * @throws IllegalArgumentException if the edges of the recording form a cycle
     */
    public static CriticalPath of(RunRecording recording) {
        return new CriticalPath(recording, Dag.of(recording));
    }

    static CriticalPath of(RunRecording recording, Dag dag) {
        return new CriticalPath(recording, dag);
    }

    /** Returns the time from the moment when only a thread was missing to the end. */
    private long taken(Dag dag, int task) {
        if (recording.launched(task) == RecordedTask.NEVER) {
            return 0;
        }
        long[] ready = {recording.launched(task)};
        dag.forEachIn(task, edge -> ready[0] = Math.max(ready[0], ended(dag.from(edge))));
        // Clocks are read by several threads: the recorded start of a task may be a little before the end of its last
        // predecessor.
        long from = recording.ran(task) ? Math.min(ready[0], recording.started(task)) : ready[0];
        return Math.max(0, recording.finishedOrNow(task) - from);
    }

    private long ended(int task) {
        return recording.launched(task) == RecordedTask.NEVER ? 0 : recording.finishedOrNow(task);
    }

    private long ran(int task) {
        return recording.ran(task) ? Math.max(0, recording.finishedOrNow(task) - recording.started(task)) : 0;
    }

    private static long[] earliestEnds(Dag dag, long[] release, long[] taken) {
        long[] begins = release.clone();
        long[] ends = new long[release.length];
        for (int task : dag.order()) {
            long end = begins[task] + taken[task];
            ends[task] = end;
            dag.forEachOut(task, edge -> begins[dag.to(edge)] = Math.max(begins[dag.to(edge)], end));
        }
        return ends;
    }

    private long[] slack(Dag dag, long[] ends, long[] taken) {
        long[] latest = new long[ends.length];
        Arrays.fill(latest, length);
        int[] order = dag.order();
        for (int i = order.length - 1; i >= 0; i--) {
            int task = order[i];
            long begin = latest[task] - taken[task];
            dag.forEachIn(task, edge -> latest[dag.from(edge)] = Math.min(latest[dag.from(edge)], begin));
        }
        for (int task = 0; task < latest.length; task++) {
            latest[task] -= ends[task];
        }
        return latest;
    }

    /**
     * Returns the path from the task that ends last, back along the predecessor that ended when it could begin, to one
     * that was just launched.
     */
    private List<RecordedTask> path(Dag dag, long[] ends, long[] taken) {
        ArrayDeque<RecordedTask> path = new ArrayDeque<>();
        int task = -1;
        for (int candidate = 0; candidate < ends.length; candidate++) {
            if (recording.launched(candidate) != RecordedTask.NEVER && (task < 0 || ends[candidate] > ends[task])) {
                task = candidate;
            }
        }
        while (task >= 0) {
            path.addFirst(recording.task(task));
            long begin = ends[task] - taken[task];
            int[] before = {-1};
            dag.forEachIn(task, edge -> {
                int predecessor = dag.from(edge);
                if (ends[predecessor] == begin && recording.launched(predecessor) != RecordedTask.NEVER) {
                    before[0] = predecessor;
                }
            });
            task = before[0];
        }
        return List.copyOf(path);
    }

    /** Returns the tasks of the path, first to last; of several longest paths, one. */
    public List<RecordedTask> tasks() {
        return tasks;
    }

    /** Returns true if a task, given by its id, is one of {@link #tasks()}. */
    public boolean contains(int task) {
        return on.get(task);
    }

    /** Returns, for each edge of the recording, whether it joins two tasks that follow each other on the path. */
    boolean[] edges() {
        int[] next = new int[recording.taskCount()];
        Arrays.fill(next, -1);
        for (int i = 1; i < tasks.size(); i++) {
            next[tasks.get(i - 1).id()] = tasks.get(i).id();
        }
        boolean[] on = new boolean[recording.edgeCount()];
        for (int edge = 0; edge < on.length; edge++) {
            on[edge] = next[recording.predecessor(edge)] == recording.successor(edge);
        }
        return on;
    }

    /** Returns the length of the path: from the beginning of the recording to the end of the last task. */
    public long nanos() {
        return length;
    }

    /** Returns the time before the first task of the path was launched. */
    public long untilLaunched() {
        return tasks.isEmpty() ? 0 : tasks.get(0).launched();
    }

    /** Returns the time on the path during which bodies ran. */
    public long running() {
        return tasks.stream().mapToLong(task -> ran(task.id())).sum();
    }

    /** Returns the time on the path during which tasks were ready and had no thread, or were being passed to one. */
    public long waitingForThread() {
        return length - untilLaunched() - running();
    }

    /**
     * Returns the slack of a task: how much longer it could have taken without lengthening the run.
     *
     * @param task the id of the task
     * @throws IndexOutOfBoundsException if there is no such task
     */
    public long slack(int task) {
        return slack[task];
    }

    /** Returns the sum of all run times. */
    public long work() {
        return work;
    }

    /**
     * Returns the length of the longest path by run times alone: with any number of threads, the graph takes at least
     * that long.
     */
    public long span() {
        return span;
    }
}
