package dev.regions.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.testing.RecordingQueue;
import dev.regions.queue.testing.TaskQueueContract;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A custom queue that holds its tasks, on the base class {@link ForwardingQueue}. */
class HoldingQueueTest extends TaskQueueContract {

    /** Holds all tasks until it is flushed, and forwards them as one batch. */
    private static final class HoldingQueue extends ForwardingQueue {
        private final Object lock = new Object();
        private List<PendingTask> held = new ArrayList<>(); // guarded by the lock
        private volatile @Nullable Throwable abandoned;

        HoldingQueue(TaskQueue upstream) {
            super(upstream);
        }

        @Override
        public void enqueue(PendingTask task) {
            hold(List.of(task));
        }

        @Override
        public void enqueue(TaskBatch batch) {
            hold(batch.tasks());
        }

        /**
         * The check is under the lock, and close() sets the state before it flushes: no task comes after the last
         * flush.
         */
        private void hold(List<PendingTask> tasks) {
            synchronized (lock) {
                ensureOpen();
                tasks.forEach(task -> task.heldBy(this));
                held.addAll(tasks);
            }
        }

        @Override
        public void flush() {
            List<PendingTask> all;
            synchronized (lock) {
                all = held;
                held = new ArrayList<>();
            }
            if (all.isEmpty()) {
                return;
            }
            TaskBatch batch = new TaskBatch(all);
            Throwable reason = abandoned;
            if (reason != null) {
                batch.abandon(reason);
                return;
            }
            try {
                upstream().enqueue(batch);
            } catch (Throwable refused) {
                batch.abandon(refused);
                throw refused;
            }
        }

        @Override
        public void abandon(Throwable reason) {
            abandoned = reason;
            close();
        }

        @Override
        public boolean holdsUntilClosed() {
            return true;
        }

        @Override
        public boolean holdsTasks() {
            synchronized (lock) {
                return !held.isEmpty();
            }
        }

        @Override
        public void forEachHeld(Consumer<? super PendingTask> action) {
            List<PendingTask> now;
            synchronized (lock) {
                now = List.copyOf(held);
            }
            now.forEach(action);
        }
    }

    @Override
    protected TaskQueue create(TaskQueue upstream) {
        return new HoldingQueue(upstream);
    }

    @Test
    @DisplayName("It holds tasks until it is flushed, and forwards them as one batch")
    void holds() {
        RecordingQueue root = new RecordingQueue();
        TaskQueue queue = create(root);

        queue.enqueue(tasks("a").get(0));
        queue.enqueue(batch(tasks("b", "c")));

        assertThat(root.submissions()).isEmpty();
        assertThat(queue.holdsTasks()).isTrue();
        queue.close();
        assertThat(root.submissions()).hasToString("[[a, b, c]]");
        assertThat(queue.holdsTasks()).isFalse();
    }
}
