package dev.regions.core.schedule;

import dev.regions.core.graph.Node;
import org.jspecify.annotations.Nullable;

/**
 * The ready queues of tasks of high and of low priority, and how they share workers with the normal ones.
 *
 * <p>Mostly the highest priority that has a task comes first. But of a worker's polls, every fourth begins with the
 * normal tasks, and every sixteenth with the low ones. Therefore no task waits for ever, however many there are of
 * higher priority.
 */
final class PriorityQueues {
    private static final int TURNS = 16;
    private static final int TURNS_OF_NORMAL = 4;

    final ReadyQueue high = new ReadyQueue();
    final ReadyQueue low = new ReadyQueue();

    /**
     * Takes the task whose turn it is, null if there is none.
     *
     * @param turn counts the polls of one worker
     * @param normal the ready queue of tasks of normal priority
     * @param own that worker's reservation in {@code normal}
     */
    @Nullable
    Node poll(int turn, ReadyQueue normal, ReadyQueue.Reservation own) {
        boolean lowFirst = turn % TURNS == 0;
        Node node = lowFirst ? low.poll() : turn % TURNS_OF_NORMAL == 0 ? normal.poll(own, 1) : null;
        if (node == null) {
            node = high.poll();
        }
        if (node == null) {
            node = normal.poll(own, 1);
        }
        return node != null || lowFirst ? node : low.poll();
    }

    boolean isEmpty() {
        return high.isEmpty() && low.isEmpty();
    }
}
