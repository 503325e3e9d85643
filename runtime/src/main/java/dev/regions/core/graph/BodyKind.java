package dev.regions.core.graph;

import org.jspecify.annotations.Nullable;

/**
 * The shape of a task's body, which determines how to call it. The body is the user's own object, without an adapter: a
 * byte in the task holds its kind, so that no adapter is allocated per task.
 */
public final class BodyKind {
    /** No body: the task completes as soon as it is ready. Needs no thread. */
    public static final byte BARRIER = 0;

    public static final byte CALLABLE = 1;
    public static final byte ACTION = 2;
    public static final byte FUNCTION1 = 3;
    public static final byte FUNCTION2 = 4;
    public static final byte FUNCTION3 = 5;
    public static final byte FUNCTION4 = 6;
    /** One argument: the list of the results of any number of tasks. */
    public static final byte LIST = 7;
    /** A body in the wrapper of a queue. */
    public static final byte WRAPPED = 8;
    /** No body: the task is completed from outside. */
    public static final byte COMPLETABLE = 9;

    private BodyKind() {}

    /** Returns true if all wrappers around a body allow running it on the calling thread, inside another task. */
    public static boolean mayRunInPlace(byte bodyKind, @Nullable Object body) {
        byte inner = bodyKind;
        Object wrapped = body;
        while (inner == WRAPPED && wrapped instanceof WrappedBody it) {
            if (!it.wrapper().mayRunInPlace()) {
                return false;
            }
            inner = it.bodyKind();
            wrapped = it.body();
        }
        return true;
    }
}
