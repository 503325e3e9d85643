package dev.regions.core;

import dev.regions.task.TaskAction;
import dev.regions.task.TaskFunction1;
import dev.regions.task.TaskFunction2;
import dev.regions.task.TaskFunction3;
import dev.regions.task.TaskFunction4;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a task's body, which determines how to call it. The body is the user's own object, without an adapter: a
 * byte in the task holds its kind, so that no adapter is allocated per task.
 */
@SuppressWarnings("unchecked")
public final class BodyKind {
    /** No body: the task completes as soon as it is ready. Needs no thread. */
    public static final byte BARRIER = 0;

    static final byte CALLABLE = 1;
    static final byte ACTION = 2;
    static final byte FUNCTION1 = 3;
    static final byte FUNCTION2 = 4;
    static final byte FUNCTION3 = 5;
    static final byte FUNCTION4 = 6;
    /** One argument: the list of the results of any number of tasks. */
    static final byte LIST = 7;
    /** A body in the wrapper of a queue. */
    static final byte WRAPPED = 8;
    /** No body: the task is completed from outside. */
    public static final byte COMPLETABLE = 9;

    private BodyKind() {}

    /** The body in a wrapper. */
    private record Inner(WrappedBody wrapped, @Nullable Object arguments) implements Callable<@Nullable Object> {
        @Override
        public @Nullable Object call() throws Exception {
            return BodyKind.call(wrapped.bodyKind(), wrapped.body(), arguments);
        }
    }

    /**
     * Calls a body.
     *
     * @param arguments null, the one task with the argument as its result, or an array of such tasks; all have
     *     succeeded
     */
    static @Nullable Object call(byte bodyKind, Object body, @Nullable Object arguments) throws Exception {
        switch (bodyKind) {
            case CALLABLE:
                return ((Callable<?>) body).call();
            case ACTION:
                ((TaskAction) body).run();
                return null;
            case FUNCTION1:
                return ((TaskFunction1<Object, ?>) body).apply(((TaskNode<?>) arguments).value());
            case FUNCTION2: {
                TaskNode<?>[] in = (TaskNode<?>[]) arguments;
                return ((TaskFunction2<Object, Object, ?>) body).apply(in[0].value(), in[1].value());
            }
            case FUNCTION3: {
                TaskNode<?>[] in = (TaskNode<?>[]) arguments;
                return ((TaskFunction3<Object, Object, Object, ?>) body)
                        .apply(in[0].value(), in[1].value(), in[2].value());
            }
            case FUNCTION4: {
                TaskNode<?>[] in = (TaskNode<?>[]) arguments;
                return ((TaskFunction4<Object, Object, Object, Object, ?>) body)
                        .apply(in[0].value(), in[1].value(), in[2].value(), in[3].value());
            }
            case LIST:
                return ((TaskFunction1<List<?>, ?>) body).apply(values((TaskNode<?>[]) arguments));
            case WRAPPED: {
                WrappedBody wrapped = (WrappedBody) body;
                return wrapped.wrapper().call(new Inner(wrapped, arguments));
            }
            default:
                throw new AssertionError("no body of bodyKind " + bodyKind);
        }
    }

    /** Returns true if all wrappers around a body allow running it on the calling thread, inside another task. */
    static boolean mayRunInPlace(byte bodyKind, @Nullable Object body) {
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

    /** Returns the results of tasks. Unlike {@link List#of}, the list permits null, because a result may be null. */
    private static List<@Nullable Object> values(TaskNode<?>[] tasks) {
        @Nullable Object[] values = new Object[tasks.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = tasks[i].value();
        }
        return Collections.unmodifiableList(Arrays.asList(values));
    }
}
