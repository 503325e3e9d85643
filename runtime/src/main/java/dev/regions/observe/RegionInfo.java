package dev.regions.observe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a region that an observer can read. Immutable; for one region it is always the same object.
 *
 * @param id a number that no other observed region of this JVM has, greater than 0
 * @param kind the kind of region: {@code bulk}, {@code sequential}, {@code joined}, {@code deadline}, {@code limit}, or
 *     the simple name of the class of a user's queue
 * @param name the name that the queue of the region returns
 * @param parent the enclosing region, on the thread that opened it; null if there is none
 * @param openedBy the {@linkplain TaskInfo#id() number} of the task whose body opened it, 0 if it was no observed task
 * @param threadName the name of the thread that opened it
 * @param threadId the {@linkplain Thread#threadId() identifier} of that thread
 * @param openedAt when it was opened, as a {@link System#nanoTime()}
 */
public record RegionInfo(
        long id,
        String kind,
        String name,
        @Nullable RegionInfo parent,
        long openedBy,
        String threadName,
        long threadId,
        long openedAt) {

    /** Returns this region and the enclosing ones, the outermost first. */
    public List<RegionInfo> path() {
        List<RegionInfo> path = new ArrayList<>();
        for (RegionInfo region = this; region != null; region = region.parent) {
            path.add(region);
        }
        Collections.reverse(path);
        return List.copyOf(path);
    }

    /** Returns the name of the region, and that of the thread that opened it. */
    @Override
    public String toString() {
        return name + ", opened by thread '" + threadName + "'";
    }
}
