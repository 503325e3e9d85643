package dev.regions.core.graph;

import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jol.datamodel.Model64;
import org.openjdk.jol.info.ClassLayout;
import org.openjdk.jol.layouters.HotSpotLayouter;
import org.openjdk.jol.layouters.Layouter;

/**
 * How large the objects of the core are that there may be one of for each task, by JOL: without what they refer to. The
 * layout is computed, for a JVM of 64 bits with compressed references, which is what a heap of less than 32 GiB has.
 * JOL can also ask the JVM that runs, but on JDK 25 that needs options, and warns.
 */
public final class CoreObjects {
    private static final Layouter LAYOUTER = new HotSpotLayouter(new Model64(true, true), 25);

    private CoreObjects() {}

    /** Returns the sizes in bytes, by what the objects are. */
    public static Map<String, Long> sizes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("task", sizeOf(TaskNode.class));
        sizes.put("edge, but the first to a task", sizeOf(Link.HardEdge.class));
        sizes.put("edge that only orders", sizeOf(Link.SoftEdge.class));
        sizes.put("thread that waits", sizeOf(Link.Waiter.class));
        return sizes;
    }

    private static long sizeOf(Class<?> type) {
        return ClassLayout.parseClass(type, LAYOUTER).instanceSize();
    }
}
