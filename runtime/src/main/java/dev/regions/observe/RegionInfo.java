package dev.regions.observe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an observer may know of a region. Immutable; for one region it is always the same object.
 *
 * @param id a number that no other observed region of this JVM has, greater than 0
 * @param kind what kind of region it is: {@code bulk}, {@code sequential}, {@code joined}, {@code within}, {@code limited}, or
 *     the simple name of the class of a queue of the user's
 * @param name what the queue of the region says it is
 * @param parent the region around it, on the thread that opened it; null if there is none
 * @param openedBy the {@linkplain TaskInfo#id() number} of the task whose body opened it, 0 if it was none that is observed
 * @param threadName the name of the thread that opened it
 * @param threadId the {@linkplain Thread#threadId() identifier} of that thread
 * @param openedAt when it was opened, as of {@link System#nanoTime()}
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

    /** Returns this region and those around it, the outermost first. */
    public List<RegionInfo> path() {
        List<RegionInfo> path = new ArrayList<>();
        for (RegionInfo region = this; region != null; region = region.parent) {
            path.add(region);
        }
        Collections.reverse(path);
        return List.copyOf(path);
    }

    /** Names the region, and the thread that opened it. */
    @Override
    public String toString() {
        return name + ", opened by thread '" + threadName + "'";
    }
}
