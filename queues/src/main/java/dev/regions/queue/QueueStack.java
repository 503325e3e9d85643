package dev.regions.queue;

import dev.regions.internal.SafeToString;
import dev.regions.internal.Suppressed;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The task queues of the regions that are open around the running code, innermost last. For implementing other kinds of
 * region; using regions does not require it.
 *
 * <p>A region in block form {@linkplain #call binds} its queue with a {@link ScopedValue}: the binding ends with the
 * block, and threads forked by a {@code StructuredTaskScope} inherit it. A region in scope form cannot be bound that
 * way, because it ends in a {@code close()} call. It is {@linkplain #open opened} on top of the current binding, for
 * the calling thread alone, and {@linkplain OpenScope#pop() taken off} again. Nothing else inherits: the body of a task
 * does not see the regions in which it was spawned.
 *
 * <p><b>Representation.</b> A {@code Layer} is one bound queue with a link to the layer below; layers are immutable and
 * form a list. A {@code Frame} is the bound value: the layer of the block, and the current topmost layer, which moves
 * as the owner of the frame opens and closes scopes. On a thread that does not own its bound frame, or has none, the
 * frame for its own scopes is in a thread-local instead. Only {@code owner} reads or writes {@code top}. The frames of
 * one piece of code, such as the body of a task, refer to their outermost frame. While the thread runs another piece of
 * code in between, the outermost frame is marked as suspended, and its scopes are not usable.
 *
 * <p>This is the only class that uses {@link ScopedValue}, and only the part of it that Java 21 and 25 share.
 */
public final class QueueStack {
    private static final ScopedValue<Frame> BOUND = ScopedValue.newInstance();
    private static final ThreadLocal<@Nullable Frame> UNBOUND = new ThreadLocal<>();

    /**
     * Whether a listener was ever put on a stack. Until then listeners are not searched for, and a spawn reads no more
     * than this field. Never reset. Need not be volatile: it is written before the layer of the listener is created,
     * and a thread that has this layer on its stack has created it or was forked by the thread that did.
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
        /** The outermost frame of the same code: the frame in which the thread, or the body of a task, began. */
        final Frame outermost;

        @Nullable
        Layer top;

        /** In an outermost frame: whether the thread currently runs other code, and will return to this. */
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

        /** Creates a scope that is not open. */
        protected OpenScope() {}

        /** Returns true if this scope is open. */
        public final boolean isOpen() {
            return layer != null;
        }

        /**
         * Returns true if the calling thread, which must have opened this scope, runs the code that opened it, or code
         * called from there. A task that runs in place, in a {@code join()} of that code, is neither.
         */
        protected final boolean isAroundHere() {
            return frame != null && !frame.outermost.suspended;
        }

        /** Returns the open scopes above this one, innermost first; none if this one is not open. */
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
         * Takes this scope, and all scopes still open above it, off the stack. Does nothing if it is closed already.
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
         * Called for a scope that is still open when the enclosing block, or the enclosing task's body, has ended. Ends
         * the scope as if it were abandoned.
         *
         * @return the exception to throw or log
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

    /** Returns the queue that receives tasks spawned here, or null if there is none but the default root. */
    public static @Nullable TaskQueue current() {
        Layer top = top();
        return top == null ? null : top.queue;
    }

    /** Returns the runtime behind the root of the stack, null if that is the default root. */
    public static @Nullable Object runtime() {
        Layer top = top();
        return top == null ? null : top.runtime;
    }

    /**
     * Returns true if there is at most one queue on the stack, the initial one of the running code: no region is open
     * above the root, and no other root is in force.
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
     * Notifies each {@link SpawnListener} among the queues around the running code, innermost first, of a task that is
     * being spawned here.
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

    /** Returns true if a queue belongs to a region that the calling thread itself has open. */
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
     *     its exception is thrown instead, and this one is suppressed in it
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
     * Runs a body with a queue as the whole of the stack: the caller's regions are not visible to it. For bodies that
     * are not the caller's own, such as that of a task.
     *
     * @param root the queue
     * @param runtime the runtime behind that queue, returned by {@link #runtime()}
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
     * Runs a body of the caller's own, as {@link #callAtRoot} does: tasks spawned there do not go to the caller's open
     * scopes. These are still {@linkplain OpenScope#isAroundHere() around} the body, which may use them by name.
     */
    public static <R extends @Nullable Object, X extends Throwable> R callElsewhere(
            TaskQueue root, Object runtime, RegionBody<R, X> body) throws X {
        Objects.requireNonNull(root, "root");
        return callIn(new Layer(root, Thread.currentThread(), null, null, runtime), ownFrame(), body);
    }

    /** A snapshot of the queues around some code, for other threads to run code below them. Immutable. */
    public static final class Snapshot {
        private final Layer top;

        private Snapshot(Layer top) {
            this.top = top;
        }

        /**
         * Runs a body on the calling thread with these queues as the whole of the stack. The queues are neither closed
         * nor abandoned; a closed one refuses tasks. Tasks spawned in the body do not go to the calling thread's open
         * scopes, but the body may use these by name.
         *
         * @throws IllegalStateException if the body left a scope open, as with {@link QueueStack#call}
         */
        public <R extends @Nullable Object, X extends Throwable> R call(RegionBody<R, X> body) throws X {
            return callIn(top, ownFrame(), Objects.requireNonNull(body, "body"));
        }
    }

    /** Returns a snapshot of the queues around the running code, null if there is none but the default root. */
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

    /** The binding of a thread, for repeated use by that thread without a look-up. */
    public static final class Binding {
        private final @Nullable Frame frame;

        private Binding(@Nullable Frame frame) {
            this.frame = frame;
        }

        /**
         * Ends the scopes that were opened on top of this binding and are still open. A thread that runs one task after
         * another calls this after each.
         *
         * @return the exception to log; null if there were none
         */
        public @Nullable IllegalStateException endScopesLeftOpen() {
            return frame == null || frame.top == frame.base ? null : endScopes(frame);
        }
    }

    /**
     * Returns the current binding of the calling thread. Only this thread may use it, and only while it stays bound.
     */
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

    /**
     * Returns the frame of which the calling thread may move the top: the bound one if the thread owns it, otherwise
     * the thread-local.
     */
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
