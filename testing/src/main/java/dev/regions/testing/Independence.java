package dev.regions.testing;

import java.util.Collection;
import java.util.Collections;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Says which tasks do not affect each other, so that their order makes no difference and need not be explored.
 *
 * <p>Two tasks may be called independent if, from any state in which both could run, one may run before the other or after
 * with the same outcome: neither writes what the other reads or writes, cancels what the other does something to, or completes
 * what the other looks at. To call tasks independent that are not may hide the very schedule that fails.
 *
 * <p>Tasks are known by their names here; a task without a name is {@code task n}, the n-th spawned. Called by one thread at a
 * time.
 */
@FunctionalInterface
public interface Independence {
    /** Tells whether two tasks are independent of each other. Must be symmetric. */
    boolean areIndependent(String first, String second);

    /** Takes no two tasks for independent. */
    static Independence none() {
        return new None();
    }

    /**
     * Takes two tasks for independent if they use nothing in common.
     *
     * @param uses what the task of a name reads or writes; null if that is not known, and might be anything
     */
    static Independence disjoint(Function<? super String, ? extends @Nullable Collection<?>> uses) {
        Objects.requireNonNull(uses, "uses");
        return (first, second) -> {
            Collection<?> ofFirst = uses.apply(first);
            Collection<?> ofSecond = uses.apply(second);
            return ofFirst != null && ofSecond != null && Collections.disjoint(ofFirst, ofSecond);
        };
    }

    /** Takes no two tasks for independent. */
    final class None implements Independence {
        /** Makes one. */
        public None() {}

        @Override
        public boolean areIndependent(String first, String second) {
            return false;
        }
    }
}
