package dev.regions.core.util;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An immutable list for adding elements a few at a time: each addition refers to the previous list, and copies nothing
 * of it. Lists with a common beginning share that beginning, and do not see the additions of the others.
 *
 * @param <E> the type of the elements
 */
public final class PersistentList<E> {
    private final @Nullable PersistentList<E> before;
    private final List<E> added;
    private final int size;

    private PersistentList(@Nullable PersistentList<E> before, List<E> added) {
        this.before = before;
        this.added = added;
        this.size = (before == null ? 0 : before.size) + added.size();
    }

    /**
     * Returns a list of the elements of another and some more.
     *
     * @param before null for an empty list
     * @param more copied
     * @return null for an empty list
     */
    public static <E> @Nullable PersistentList<E> to(@Nullable PersistentList<E> before, List<E> more) {
        return more.isEmpty() ? before : new PersistentList<>(before, List.copyOf(more));
    }

    /** Returns the elements, oldest first. Takes time in proportion to their number. */
    public static <E> List<E> elements(@Nullable PersistentList<E> list) {
        if (list == null) {
            return List.of();
        }
        if (list.before == null) {
            return list.added;
        }
        List<E> all = new ArrayList<>(Collections.nCopies(list.size, list.added.get(0)));
        for (PersistentList<E> part = list; part != null; part = part.before) {
            int from = part.size - part.added.size();
            for (int i = 0; i < part.added.size(); i++) {
                all.set(from + i, Objects.requireNonNull(part.added.get(i)));
            }
        }
        return all;
    }
}
