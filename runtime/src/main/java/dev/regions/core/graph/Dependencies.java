package dev.regions.core.graph;

import dev.regions.queue.Dependency;
import dev.regions.queue.Dependency.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The edges of a task, in the smallest possible form, because most tasks have at most one: null for none, the
 * predecessor itself for one argument, an array for several, and an object of this class for arguments together with
 * other edges.
 */
public final class Dependencies {
    private final @Nullable Object arguments;
    /** Before wiring, the predecessors; after that, the links to them, null where an edge needs none. */
    private @Nullable Dependent[] others = new Dependent[2];
    /** Which of the others are soft; null for none. */
    private @Nullable BitSet soft;

    private int count;

    private Dependencies(@Nullable Object arguments) {
        this.arguments = arguments;
    }

    /** Visits one edge. */
    @FunctionalInterface
    public interface Visitor {
        void edge(TaskNode<?> predecessor, boolean soft);
    }

    /** Returns the inputs with one more edge. The caller must not use the old ones any more. */
    public static Dependencies with(@Nullable Object inputs, TaskNode<?> predecessor, boolean soft) {
        Dependencies all = inputs instanceof Dependencies some ? some : new Dependencies(inputs);
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

    /** Returns the arguments of the body, as {@link BodyKind#call} takes them. */
    public static @Nullable Object arguments(@Nullable Object inputs) {
        return inputs instanceof Dependencies all ? all.arguments : inputs;
    }

    /** Returns the number of edges. */
    public static int count(@Nullable Object inputs) {
        if (inputs == null) {
            return 0;
        }
        if (inputs instanceof TaskNode<?>) {
            return 1;
        }
        if (inputs instanceof TaskNode<?>[] several) {
            return several.length;
        }
        Dependencies all = (Dependencies) inputs;
        return count(all.arguments) + all.count;
    }

    /** Visits the edges, arguments first. */
    public static void forEach(@Nullable Object inputs, Visitor visitor) {
        if (inputs instanceof TaskNode<?> one) {
            visitor.edge(one, false);
        } else if (inputs instanceof TaskNode<?>[] several) {
            for (TaskNode<?> each : several) {
                visitor.edge(each, false);
            }
        } else if (inputs instanceof Dependencies all) {
            forEach(all.arguments, visitor);
            for (int i = 0; i < all.count; i++) {
                TaskNode<?> other = all.other(i);
                if (other != null) {
                    visitor.edge(other, all.isSoft(i));
                }
            }
        }
    }

    /** Returns the predecessor of an edge; null if, after wiring, it has completed or is alone in knowing the edge. */
    private @Nullable TaskNode<?> other(int index) {
        Dependent other = others[index];
        return (other instanceof Link link ? link.back : other) instanceof TaskNode<?> node ? node : null;
    }

    /** Visits the predecessors that are not settled; after wiring, those of them that are still known here. */
    static void forEachPending(@Nullable Object inputs, Consumer<Node> action) {
        forEach(inputs, new Pending(action));
    }

    private record Pending(Consumer<Node> action) implements Visitor {
        @Override
        public void edge(TaskNode<?> predecessor, boolean soft) {
            if (!predecessor.isSettled()) {
                action.accept(predecessor);
            }
        }
    }

    /**
     * Returns the predecessors that are not settled, each once. A {@linkplain Wiring#detach detached} one is replaced
     * by the predecessors that it waited for.
     *
     * @param most the bound on the number of edges and of visited predecessors
     * @return null if there are more
     */
    static TaskNode<?> @Nullable [] pending(@Nullable Object inputs, int most) {
        if (count(inputs) > most) {
            return null;
        }
        Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>(4));
        Deque<TaskNode<?>> toVisit = new ArrayDeque<>(4);
        List<TaskNode<?>> pending = new ArrayList<>(1);
        Visitor visitor = new NotOver(seen, toVisit);
        forEach(inputs, visitor);
        for (TaskNode<?> node; (node = toVisit.poll()) != null; ) {
            if (seen.size() > most) {
                return null;
            }
            if (Wiring.isDetached(node)) {
                forEach(node.inputs, visitor);
            } else {
                pending.add(node);
            }
        }
        return pending.toArray(new TaskNode<?>[0]);
    }

    private record NotOver(Set<Node> seen, Deque<TaskNode<?>> toVisit) implements Visitor {
        @Override
        public void edge(TaskNode<?> predecessor, boolean soft) {
            if (!predecessor.isSettled() && seen.add(predecessor)) {
                toVisit.add(predecessor);
            }
        }
    }

    /** Returns true if a task is one of the arguments. */
    public static boolean hasArgument(@Nullable Object inputs, Node task) {
        Object given = arguments(inputs);
        return given == task
                || given instanceof TaskNode<?>[] several
                        && Arrays.asList(several).contains(task);
    }

    /**
     * Wires each edge.
     *
     * @return how many edges are already satisfied
     */
    static int wire(Object inputs, Node successor, Completion release) {
        if (inputs instanceof TaskNode<?> one) {
            return Wiring.connect(successor, one, false, release);
        }
        int satisfied = 0;
        if (inputs instanceof TaskNode<?>[] several) {
            for (TaskNode<?> each : several) {
                satisfied += Wiring.connect(successor, each, false, release);
            }
        } else {
            Dependencies all = (Dependencies) inputs;
            if (all.arguments != null) {
                satisfied += wire(all.arguments, successor, release);
            }
            for (int i = 0; i < all.count; i++) {
                satisfied +=
                        Wiring.connect(successor, (TaskNode<?>) all.others[i], all.isSoft(i), all.others, i, release);
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
