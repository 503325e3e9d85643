package dev.regions.queue.testing;

import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.QueueClosedException;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A root queue for tests: remembers what reaches it, and runs none of it. Thread-safe, as any task queue. */
public final class RecordingQueue implements TaskQueue {

    /**
     * What reached the queue by one call.
     *
     * @param tasks the tasks, in order
     * @param isBatch whether they came as a batch
     */
    public record Submission(List<PendingTask> tasks, boolean isBatch) {
        /** Returns the name of the task, or those of the batch in brackets. */
        @Override
        public String toString() {
            List<String> names = tasks.stream().map(PendingTask::name).toList();
            return isBatch ? names.toString() : names.get(0);
        }
    }

    private final Queue<Submission> submissions = new ConcurrentLinkedQueue<>();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile RuntimeException refusal;

    @Override
    public void enqueue(PendingTask task) {
        take(new Submission(List.of(task), false));
    }

    @Override
    public void enqueue(TaskBatch batch) {
        take(new Submission(batch.tasks(), true));
    }

    private void take(Submission submission) {
        RuntimeException why = refusal;
        if (why != null) {
            throw why;
        }
        for (PendingTask task : submission.tasks()) {
            if (task.task() instanceof FakeTask fake) {
                fake.launch();
            }
        }
        submissions.add(submission);
    }

    /** Throws this out of every {@code enqueue} from now on. */
    public void refuseWith(RuntimeException refusal) {
        this.refusal = Objects.requireNonNull(refusal, "refusal");
    }

    /** Takes tasks again after {@link #refuseWith} or {@link #close}. */
    public void accept() {
        refusal = null;
    }

    @Override
    public void close() {
        refuseWith(new QueueClosedException("the recording queue is closed and takes no more tasks"));
    }

    @Override
    public void onTaskFailed() {
        failures.incrementAndGet();
    }

    /** Returns how often this queue was told that a task has failed. */
    public int failures() {
        return failures.get();
    }

    /** Returns what has reached this queue, call by call. Empty batches are in it, too. */
    public List<Submission> submissions() {
        return List.copyOf(submissions);
    }

    /** Returns all tasks that have reached this queue, in the order in which they did. */
    public List<PendingTask> tasks() {
        return submissions.stream()
                .flatMap(submission -> submission.tasks().stream())
                .toList();
    }

    @Override
    public String toString() {
        return "recording queue " + submissions;
    }
}
