package dev.regions.queue;

import dev.regions.internal.SafeToString;
import dev.regions.internal.Suppressed;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The task queues of the regions that are open around the running code, innermost last. This is for those who write a
 * kind of region of their own; who only uses regions has no need of it.
 *
 * <p>A region in block form {@linkplain #call binds} its queue with a {@link ScopedValue}: the binding ends with the
 * block, and threads forked by a {@code StructuredTaskScope} inherit it. A region in scope form cannot be bound that way,
 * for it ends in a {@code close()} call; it is {@linkplain #open opened} on top of the binding that is in force, for the
 * calling thread alone, and {@linkplain OpenScope#pop() taken off} again. Nothing else inherits: the body of a task
 * does not see the regions in which it was spawned.
 *
 * <p><b>Representation.</b> A {@code Layer} is one bound queue with what is below it; layers are immutable and form a
 * list. A {@code Frame} is what is bound: the layer of the block, and the topmost layer now, which scopes opened by the
 * owner of the frame move up and down. On a thread that is not the owner of what it has bound, or has nothing bound, the
 * frame for its own scopes stands in a thread-local instead. Only {@code owner} reads or writes {@code top}. The frames of
 * one piece of code, be it the body of a task, know the outermost of them, in which it is noted while the thread runs another
 * piece in between: a scope is not for that.
 *
 * <p>This is the one class that uses {@link ScopedValue}, and only the part of it that Java 21 and 25 share.
 */
public final class QueueStack {
    private static final ScopedValue<Frame> BOUND = ScopedValue.newInstance();
    private static final ThreadLocal<@Nullable Frame> UNBOUND = new ThreadLocal<>();

    /**
     * Whether a listener was ever put on a stack: until then nobody looks for one, and a spawn pays for no more than this
     * field. Never reset. Needs no volatile: it is written before the layer of the listener is made, and a thread that has
     * this layer on its stack has made it itself or was forked by the one that did.
     */
    private static boolean listening;

    private QueueStack() {}

    private record Layer(
            TaskQueue queue,
            Thread owner,
            @Nullable Layer below,
            @Nullable OpenScope scope,
            @Nullable Object runtime) {
        Layer {
            if (queue instanceof SpawnListener) {
                listening = true;
            }
        }
    }

    private static final class Frame {
        final Thread owner = Thread.currentThread();
        final @Nullable Layer base;
        /** The outermost frame of the same code: where the thread, or the body of a task, began. */
        final Frame outermost;

        @Nullable
        Layer top;

        /** Of an outermost frame: whether the thread runs other code meanwhile, and will come back to this. */
        boolean suspended;

        Frame(@Nullable Layer base, @Nullable Frame around) {
            this.base = base;
            this.top = base;
            this.outermost = around == null ? this : around.outermost;
        }
    }

    /** A region in scope form that is open on a thread. Used by that thread alone. */
    public abstract static class OpenScope {
        private @Nullable Frame frame;
        private @Nullable Layer layer;

        /** For subclasses. */
        protected OpenScope() {}

        /** Tells whether this scope is open. */
        public final boolean isOpen() {
            return layer != null;
        }

        /**
         * Tells whether the thread that opened this scope, which is the calling one, runs the code that did, or what that has
         * called. A task that it runs in place, in a {@code join()} there, is neither.
         */
        protected final boolean isAroundHere() {
            return frame != null && !frame.outermost.suspended;
        }

        /** Returns the scopes opened above this one and still open, innermost first; none if this one is not open. */
        protected final List<OpenScope> openAbove() {
            List<OpenScope> upstream = new ArrayList<>();
            if (frame != null && isOpen()) {
                for (Layer l = frame.top; l != null && l != layer && l.scope != null; l = l.below) {
                    upstream.add(l.scope);
                }
            }
            return upstream;
        }

        /**
         * Takes this scope off the stack, and whatever was left open above it. Does nothing if it is closed already.
         *
         * @throws IllegalStateException if another thread opened it
         */
        protected final void pop() {
            Layer popped = layer;
            Frame from = frame;
            if (popped == null || from == null) {
                return;
            }
            if (from.owner != Thread.currentThread()) {
                throw new IllegalStateException(SafeToString.of(this) + " was opened by " + SafeToString.of(from.owner)
                        + ", not by this thread");
            }
            for (OpenScope scope : openAbove()) {
                scope.layer = null;
            }
            from.top = popped.below;
            layer = null;
            if (UNBOUND.get() == from && from.top == from.base) {
                UNBOUND.remove();
            }
        }

        /**
         * Called for a scope that is still open when the block, or the body of the task, that it was opened in has ended:
         * ends it as if it were given up.
         *
         * @return what to tell the user
         */
        protected abstract IllegalStateException leftOpen();

        private IllegalStateException endLeftOpen() {
            try {
                return leftOpen();
            } catch (Throwable wrong) {
                return new IllegalStateException(
                        SafeToString.of(this) + " was left open, and could not be ended properly", wrong);
            } finally {
                pop();
            }
        }

        /** Returns the thread that opened this scope; the calling thread if it is not open. */
        protected final Thread owner() {
            Frame from = frame;
            return from == null ? Thread.currentThread() : from.owner;
        }
    }

    /** Returns the queue that a task spawned here goes to, or null if there is none but the default root. */
    public static @Nullable TaskQueue current() {
        Layer top = top();
        return top == null ? null : top.queue;
    }

    /** Returns what stands behind the root of the stack, null if that is the default root. */
    public static @Nullable Object runtime() {
        Layer top = top();
        return top == null ? null : top.runtime;
    }

    /**
     * Tells whether there is at most one queue on the stack, that which the running code began with: no region is open above
     * the root, and no other root is in force.
     */
    public static boolean isBare() {
        Frame own = ownFrame();
        Layer top = topOf(own);
        return top == null || top.below == null && top.scope == null && (own == null || own == own.outermost);
    }

    /** Returns the queues around the running code, innermost first. */
    public static List<TaskQueue> enclosing() {
        List<TaskQueue> queues = new ArrayList<>();
        for (Layer layer = top(); layer != null; layer = layer.below) {
            queues.add(layer.queue);
        }
        return queues;
    }

    /**
     * Tells each {@link SpawnListener} among the queues around the running code, innermost first, of a task that is being
     * spawned here.
     */
    public static void tellListeners(PendingTask task) {
        if (!listening) {
            return;
        }
        for (Layer layer = top(); layer != null; layer = layer.below) {
            if (layer.queue instanceof SpawnListener listener) {
                listener.spawned(task);
            }
        }
    }

    /** Tells whether a queue is that of a region which the calling thread itself has open. */
    public static boolean isOpenOnThisThread(TaskQueue queue) {
        for (Layer layer = top(); layer != null; layer = layer.below) {
            if (layer.queue == queue && layer.owner == Thread.currentThread()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Runs a body with a queue on top of the stack. The queue itself is neither closed nor abandoned.
     *
     * @throws IllegalStateException if the body left a scope open; the scope is ended first. If the body itself threw,
     *     that comes first and this is suppressed under it
     */
    public static <R extends @Nullable Object, X extends Throwable> R call(TaskQueue queue, RegionBody<R, X> body)
            throws X {
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(body, "body");
        Frame around = ownFrame();
        Layer below = topOf(around);
        Object runtime = below == null ? null : below.runtime;
        return callIn(new Layer(queue, Thread.currentThread(), below, null, runtime), around, body);
    }

    /**
     * Runs a body with a queue as the whole of the stack: what the caller has open is out of sight for it. For bodies that are
     * not the caller's own, such as that of a task.
     *
     * @param root the queue
     * @param runtime what stands behind that queue, to be found by {@link #runtime()}
     */
    public static <R extends @Nullable Object, X extends Throwable> R callAtRoot(
            TaskQueue root, Object runtime, RegionBody<R, X> body) throws X {
        Objects.requireNonNull(root, "root");
        Layer layer = new Layer(root, Thread.currentThread(), null, null, runtime);
        Frame suspended = ownFrame();
        if (suspended == null) {
            return callIn(layer, null, body);
        }
        suspended.outermost.suspended = true;
        try {
            return callIn(layer, null, body);
        } finally {
            suspended.outermost.suspended = false;
        }
    }

    /**
     * As {@link #callAtRoot}, for a body of the caller's own: the scopes that the caller has open get nothing of what is spawned
     * there, but are still {@linkplain OpenScope#isAroundHere() around} it, so that it may use them by name.
     */
    public static <R extends @Nullable Object, X extends Throwable> R callElsewhere(
            TaskQueue root, Object runtime, RegionBody<R, X> body) throws X {
        Objects.requireNonNull(root, "root");
        return callIn(new Layer(root, Thread.currentThread(), null, null, runtime), ownFrame(), body);
    }

    /** The queues around some code, for other threads to run code below them. Immutable. */
    public static final class Snapshot {
        private final Layer top;

        private Snapshot(Layer top) {
            this.top = top;
        }

        /**
         * Runs a body on the calling thread with these queues as the whole of the stack. The queues are neither closed nor abandoned;
         * one that is closed refuses what is spawned. The scopes that the calling thread has open get nothing of what is spawned
         * there, but may be used by name.
         *
         * @throws IllegalStateException if the body left a scope open, as with {@link QueueStack#call}
         */
        public <R extends @Nullable Object, X extends Throwable> R call(RegionBody<R, X> body) throws X {
            return callIn(top, ownFrame(), Objects.requireNonNull(body, "body"));
        }
    }

    /** Returns the queues around the running code, null if there is none but the default root. */
    public static @Nullable Snapshot snapshot() {
        Layer top = top();
        return top == null ? null : new Snapshot(top);
    }

    private static <R extends @Nullable Object, X extends Throwable> R callIn(
            Layer layer, @Nullable Frame around, RegionBody<R, X> body) throws X {
        Frame frame = new Frame(layer, around);
        Invocation<R, X> invocation = new Invocation<>(frame, body);
        ScopedValue.where(BOUND, frame).run(invocation);
        return invocation.outcome();
    }

    /** Carries a result or an exception out of {@code Carrier.run}, the one method that Java 21 and 25 share. */
    private static final class Invocation<R extends @Nullable Object, X extends Throwable> implements Runnable {
        private final Frame frame;
        private final RegionBody<R, X> body;
        private @Nullable R result;
        private @Nullable Throwable thrown;

        Invocation(Frame frame, RegionBody<R, X> body) {
            this.frame = frame;
            this.body = body;
        }

        @Override
        public void run() {
            try {
                result = body.call();
            } catch (Throwable t) {
                thrown = t;
            }
            IllegalStateException leftOpen = endScopes(frame);
            if (thrown == null) {
                thrown = leftOpen;
            } else {
                Suppressed.add(thrown, leftOpen);
            }
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        R outcome() throws X {
            if (thrown != null) {
                throw (X) thrown;
            }
            return result;
        }
    }

    /**
     * Puts a scope on top of the stack, for the calling thread.
     *
     * @throws IllegalStateException if the scope is open already
     */
    public static void open(TaskQueue queue, OpenScope scope) {
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(scope, "scope");
        if (scope.isOpen()) {
            throw new IllegalStateException(SafeToString.of(scope) + " is open already");
        }
        Frame frame = ownFrame();
        if (frame == null) {
            frame = new Frame(top(), null);
            UNBOUND.set(frame);
        }
        Layer layer = new Layer(queue, Thread.currentThread(), frame.top, scope, runtime());
        frame.top = layer;
        scope.frame = frame;
        scope.layer = layer;
    }

    /** What a thread has bound, for the thread itself to look at again and again without finding it first. */
    public static final class Binding {
        private final @Nullable Frame frame;

        private Binding(@Nullable Frame frame) {
            this.frame = frame;
        }

        /**
         * Ends the scopes that were opened on top of this binding and are still open; what runs one task after another on
         * a thread calls this after each.
         *
         * @return what to tell the user; null if there were none
         */
        public @Nullable IllegalStateException endScopesLeftOpen() {
            return frame == null || frame.top == frame.base ? null : endScopes(frame);
        }
    }

    /** Returns what is bound on the calling thread now. Only this thread may use it, and only while it stays bound. */
    public static Binding binding() {
        return new Binding(ownFrame());
    }

    private static @Nullable IllegalStateException endScopes(Frame frame) {
        IllegalStateException first = null;
        for (Layer layer; (layer = frame.top) != frame.base; ) {
            OpenScope scope = Objects.requireNonNull(Objects.requireNonNull(layer).scope);
            IllegalStateException leftOpen = scope.endLeftOpen();
            if (first == null) {
                first = leftOpen;
            } else {
                Suppressed.add(first, leftOpen);
            }
        }
        return first;
    }

    private static @Nullable Layer top() {
        return topOf(ownFrame());
    }

    private static @Nullable Layer topOf(@Nullable Frame own) {
        return own != null ? own.top : BOUND.isBound() ? BOUND.get().base : null;
    }

    /** The frame whose top the calling thread may move: the bound one if it is the thread's own, or the thread-local. */
    private static @Nullable Frame ownFrame() {
        if (BOUND.isBound()) {
            Frame bound = BOUND.get();
            if (bound.owner == Thread.currentThread()) {
                return bound;
            }
        }
        return UNBOUND.get();
    }
}
