package dev.regions.testing;

import java.util.Collection;
import java.util.Collections;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A relation of tasks that do not affect each other, so that their order makes no difference and need not be explored.
 *
 * <p>Two tasks are independent if, from any state in which both could run, either order has the same outcome: neither
 * writes data that the other reads or writes, cancels a task that the other acts on, or completes a task that the other
 * reads. To declare dependent tasks independent may hide the very schedule that fails.
 *
 * <p>Tasks are identified by name; a task without a name is {@code task n}, the n-th spawned. Called by one thread at a
 * time.
 */
@FunctionalInterface
public interface Independence {
    /** Returns true if two tasks are independent of each other. Must be symmetric. */
    boolean areIndependent(String first, String second);

    /** Returns a relation in which no two tasks are independent. */
    static Independence none() {
        return new None();
    }

    /**
     * Returns a relation in which two tasks are independent if they use nothing in common.
     *
     * @param uses returns the things that a task with a given name reads or writes; null if unknown, and therefore
     *     possibly all
     */
    static Independence disjoint(Function<? super String, ? extends @Nullable Collection<?>> uses) {
        Objects.requireNonNull(uses, "uses");
        return (first, second) -> {
            Collection<?> ofFirst = uses.apply(first);
            Collection<?> ofSecond = uses.apply(second);
            return ofFirst != null && ofSecond != null && Collections.disjoint(ofFirst, ofSecond);
        };
    }

    /** The relation in which no two tasks are independent. */
    final class None implements Independence {
        /** Creates the relation. */
        public None() {}

        @Override
        public boolean areIndependent(String first, String second) {
            return false;
        }
    }
}
