package dev.regions.queue;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.Consumer;

/**
 * The tasks of a large batch: an immutable list in pieces. One array for very many tasks would be a humongous object to
 * the JDK's collectors. Such an object is old from the start, and although it is soon garbage, all its tasks are kept
 * until the old generation is collected. The benchmark {@code BulkHandOver} shows the effect: with this, and the wiring
 * on a thread of its own, 127 became 35 ns for a task (docs/internals/before-and-after.md).
 */
final class TaskList extends AbstractList<PendingTask> implements RandomAccess {
    /** Of the index within a piece: 4096 tasks, 16 KiB or 32. */
    private static final int BITS = 12;

    private static final int PIECE = 1 << BITS;

    private final PendingTask[][] pieces;
    private final int size;

    private TaskList(PendingTask[][] pieces, int size) {
        this.pieces = pieces;
        this.size = size;
    }

    /** Returns an immutable copy of a list, or the list itself if it is a {@code TaskList}. */
    static List<PendingTask> copyOf(List<PendingTask> tasks) {
        if (tasks instanceof TaskList) {
            return tasks;
        }
        if (tasks.size() <= PIECE) {
            return List.copyOf(tasks);
        }
        Builder copy = new Builder(tasks.size());
        tasks.forEach(copy::add);
        return copy.build();
    }

    @Override
    public PendingTask get(int index) {
        Objects.checkIndex(index, size);
        return pieces[index >> BITS][index & PIECE - 1];
    }

    @Override
    public int size() {
        return size;
    }

    /** Builds a list, task by task. */
    static final class Builder {
        private PendingTask[][] pieces;
        private PendingTask[] last;
        private int full;
        private int used;

        /**
         * Creates an empty builder.
         *
         * @param expected the expected number of tasks
         */
        Builder(long expected) {
            this.pieces = new PendingTask[(int) Math.min(1 + (expected >> BITS), 1 << 19)][];
            this.last = new PendingTask[Math.clamp(expected, 1, PIECE)];
        }

        void add(PendingTask task) {
            Objects.requireNonNull(task, "task");
            if (used == last.length) {
                grow();
            }
            last[used++] = task;
        }

        private void grow() {
            if (used < PIECE) {
                last = Arrays.copyOf(last, Math.min(2 * used, PIECE));
                return;
            }
            PendingTask[] next = new PendingTask[PIECE]; // first: there may be no memory
            keep();
            last = next;
        }

        private void keep() {
            if (full == pieces.length) {
                pieces = Arrays.copyOf(pieces, 2 * full);
            }
            pieces[full++] = last;
            used = 0;
        }

        /** Visits the tasks added so far. */
        void forEach(Consumer<? super PendingTask> action) {
            for (int i = 0; i < full; i++) {
                for (PendingTask task : pieces[i]) {
                    action.accept(task);
                }
            }
            for (int i = 0; i < used; i++) {
                action.accept(last[i]);
            }
        }

        /** Builds the list; this builder must not be used afterwards. */
        List<PendingTask> build() {
            if (full == 0) {
                return List.of(used == last.length ? last : Arrays.copyOf(last, used));
            }
            int size = Math.addExact(Math.multiplyExact(full, PIECE), used);
            keep();
            return new TaskList(pieces, size);
        }
    }
}
