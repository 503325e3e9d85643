package dev.regions;

import dev.regions.queue.QueueStack;
import dev.regions.queue.RegionAction;
import dev.regions.queue.RegionBody;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The regions that were open around some code, and its runtime: for other threads to spawn into. Returned by
 * {@link Regions#current()}.
 *
 * {@snippet file="SnippetsTest.java" region="other threads"}
 *
 * <p>It neither keeps the regions open nor waits for other threads. The code that opened a region must ensure that
 * these have spawned before it ends the region; a later spawn is refused with a
 * {@link dev.regions.task.QueueClosedException}. A task that is spawned this way into a region in scope form counts as
 * forked there; the scope itself stays with the thread that opened it.
 *
 * <p>Immutable and thread-safe; may be used any number of times.
 */
public final class RegionContext {
    private final QueueStack.@Nullable Snapshot stack;

    RegionContext(QueueStack.@Nullable Snapshot stack) {
        this.stack = stack;
    }

    /**
     * Runs a body on the calling thread, inside these regions. Regions that are open on the calling thread do not apply
     * to it.
     *
     * @return the result of the body
     * @throws X if the body throws; the regions stay open
     * @throws IllegalStateException if the body left a scope open
     */
    public <R extends @Nullable Object, X extends Throwable> R call(RegionBody<R, X> body) throws X {
        Objects.requireNonNull(body, "body");
        return stack == null ? TaskRuntime.shared().call(body) : stack.call(body);
    }

    /** Runs a body as {@link #call} does, without a result. */
    public <X extends Throwable> void run(RegionAction<X> body) throws X {
        Objects.requireNonNull(body, "body");
        call(() -> {
            body.run();
            return null;
        });
    }
}
