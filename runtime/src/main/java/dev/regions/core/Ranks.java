package dev.regions.core;

import org.jspecify.annotations.Nullable;

/**
 * The ready queues of tasks of high and of low priority, and how they share workers with the normal ones.
 *
 * <p>Mostly the highest priority that has a task comes first. But of a worker's polls, every fourth begins with the normal
 * tasks, and every sixteenth with the low ones: so no task waits for ever, however many there are above it.
 */
final class Ranks {
    private static final int TURNS = 16;
    private static final int TURNS_OF_NORMAL = 4;

    final ReadyQueue high = new ReadyQueue();
    final ReadyQueue low = new ReadyQueue();

    /** Takes the task whose turn it is, null if there is none. */
    @Nullable
    Node poll(int turn, ReadyQueue normal) {
        if (turn % TURNS == 0) {
            return firstOf(low, high, normal);
        }
        if (turn % TURNS_OF_NORMAL == 0) {
            return firstOf(normal, high, low);
        }
        return firstOf(high, normal, low);
    }

    private static @Nullable Node firstOf(ReadyQueue first, ReadyQueue second, ReadyQueue third) {
        Node node = first.poll();
        if (node == null) {
            node = second.poll();
        }
        return node != null ? node : third.poll();
    }

    boolean isEmpty() {
        return high.isEmpty() && low.isEmpty();
    }
}
