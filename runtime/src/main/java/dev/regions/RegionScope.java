package dev.regions;

import dev.regions.queue.TaskQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A region in scope form without a policy of its own, for a try-with-resources statement: all of its tasks must succeed, or
 * {@link #join()} throws {@link dev.regions.task.RegionFailedException}. {@link TaskScope} says the rest.
 *
 * {@snippet file="SnippetsTest.java" region="scope"}
 */
public final class RegionScope extends TaskScope<@Nullable Void> {
    RegionScope(Function<? super TaskQueue, ? extends TaskQueue> kind) {
        super(kind, null);
    }
}
