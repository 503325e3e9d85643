package dev.regions.core;

import dev.regions.queue.Dependency;
import dev.regions.queue.Dependency.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a task depends on, in the smallest form that says it, for most tasks have no edge or one: null for none, the task
 * itself for one argument, an array for several, and an object of this class for arguments together with other edges.
 */
final class Inputs {
    private final @Nullable Object arguments;
    private TaskNode<?>[] others = new TaskNode<?>[2];
    /** Which of the others are soft; null for none. */
    private @Nullable BitSet soft;

    private int count;

    private Inputs(@Nullable Object arguments) {
        this.arguments = arguments;
    }

    /** What to do with each edge. */
    @FunctionalInterface
    interface Visitor {
        void edge(TaskNode<?> predecessor, boolean soft);
    }

    /** Returns inputs with one more edge; the old ones may be no longer used. */
    static Inputs with(@Nullable Object inputs, TaskNode<?> predecessor, boolean soft) {
        Inputs all = inputs instanceof Inputs some ? some : new Inputs(inputs);
        if (all.count == all.others.length) {
            all.others = Arrays.copyOf(all.others, 2 * all.count);
        }
        if (soft) {
            if (all.soft == null) {
                all.soft = new BitSet();
            }
            all.soft.set(all.count);
        }
        all.others[all.count++] = predecessor;
        return all;
    }

    private boolean isSoft(int other) {
        return soft != null && soft.get(other);
    }

    /** Returns what the body gets: all that needs to be kept once the edges are wired. */
    static @Nullable Object arguments(@Nullable Object inputs) {
        return inputs instanceof Inputs all ? all.arguments : inputs;
    }

    /** Returns the number of edges. */
    static int count(@Nullable Object inputs) {
        if (inputs == null) {
            return 0;
        }
        if (inputs instanceof TaskNode<?>) {
            return 1;
        }
        if (inputs instanceof TaskNode<?>[] several) {
            return several.length;
        }
        Inputs all = (Inputs) inputs;
        return count(all.arguments) + all.count;
    }

    /** Visits the edges, arguments first. */
    static void forEach(@Nullable Object inputs, Visitor visitor) {
        if (inputs instanceof TaskNode<?> one) {
            visitor.edge(one, false);
        } else if (inputs instanceof TaskNode<?>[] several) {
            for (TaskNode<?> each : several) {
                visitor.edge(each, false);
            }
        } else if (inputs instanceof Inputs all) {
            forEach(all.arguments, visitor);
            for (int i = 0; i < all.count; i++) {
                visitor.edge(all.others[i], all.isSoft(i));
            }
        }
    }

    /** Tells whether a task is one of the arguments. */
    static boolean hasArgument(@Nullable Object inputs, Node task) {
        Object given = arguments(inputs);
        return given == task
                || given instanceof TaskNode<?>[] several
                        && Arrays.asList(several).contains(task);
    }

    /**
     * Wires each edge.
     *
     * @return how many are satisfied already
     */
    static int wire(Object inputs, Node successor, Release release) {
        if (inputs instanceof TaskNode<?> one) {
            return successor.connect(one, false, release);
        }
        int satisfied = 0;
        if (inputs instanceof TaskNode<?>[] several) {
            for (TaskNode<?> each : several) {
                satisfied += successor.connect(each, false, release);
            }
        } else {
            Inputs all = (Inputs) inputs;
            if (all.arguments != null) {
                satisfied += wire(all.arguments, successor, release);
            }
            for (int i = 0; i < all.count; i++) {
                satisfied += successor.connect(all.others[i], all.isSoft(i), release);
            }
        }
        return satisfied;
    }

    /** Returns the edges as data. */
    static List<Dependency> describe(@Nullable Object inputs) {
        List<Dependency> edges = new ArrayList<>();
        forEach(inputs, (predecessor, soft) -> edges.add(new Dependency(predecessor, soft ? Kind.SOFT : Kind.HARD)));
        return List.copyOf(edges);
    }
}
