package dev.regions;

import dev.regions.queue.QueueStack;
import dev.regions.queue.RegionAction;
import dev.regions.queue.RegionBody;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The regions that were open around some code, and its runtime: for other threads to spawn into. {@link Regions#current()} returns
 * one.
 *
 * {@snippet file="SnippetsTest.java" region="other threads"}
 *
 * <p>It neither keeps the regions open nor waits for other threads. The code that has opened a region sees to it that these have
 * spawned before it ends the region; a spawn that comes later is refused with a
 * {@link dev.regions.task.QueueClosedException}. A task that is spawned so into a region in scope form counts as forked there;
 * the scope itself stays with the thread that opened it.
 *
 * <p>Immutable and thread-safe; may be used any number of times.
 */
public final class RegionContext {
    private final QueueStack.@Nullable Snapshot stack;

    RegionContext(QueueStack.@Nullable Snapshot stack) {
        this.stack = stack;
    }

    /**
     * Runs a body on the calling thread, inside these regions. Those that are open on the calling thread do not reach into it.
     *
     * @return what the body returns
     * @throws X if the body throws; the regions stay open
     * @throws IllegalStateException if the body left a scope open
     */
    public <R extends @Nullable Object, X extends Throwable> R call(RegionBody<R, X> body) throws X {
        Objects.requireNonNull(body, "body");
        return stack == null ? TaskRuntime.shared().call(body) : stack.call(body);
    }

    /** As {@link #call}, without a result. */
    public <X extends Throwable> void run(RegionAction<X> body) throws X {
        Objects.requireNonNull(body, "body");
        call(() -> {
            body.run();
            return null;
        });
    }
}
