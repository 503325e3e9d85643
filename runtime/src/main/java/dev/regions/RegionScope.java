package dev.regions;

import dev.regions.queue.TaskQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A region in scope form without a joiner, for a try-with-resources statement: all of its tasks must succeed, or
 * {@link #join()} throws {@link dev.regions.task.RegionFailedException}. For the rest, see {@link TaskScope}.
 *
 * {@snippet file="SnippetsTest.java" region="scope"}
 */
public final class RegionScope extends TaskScope<@Nullable Void> {
    RegionScope(Function<? super TaskQueue, ? extends TaskQueue> kind) {
        super(kind, null);
    }
}
