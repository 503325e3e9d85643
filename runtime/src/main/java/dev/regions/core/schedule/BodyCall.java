package dev.regions.core.schedule;

import dev.regions.core.graph.BodyKind;
import dev.regions.core.graph.TaskNode;
import dev.regions.core.graph.WrappedBody;
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

/** Calls the bodies of tasks, by their {@link BodyKind}. */
@SuppressWarnings("unchecked")
final class BodyCall {
    private BodyCall() {}

    /** The body in a wrapper. */
    private record Inner(WrappedBody wrapped, @Nullable Object arguments) implements Callable<@Nullable Object> {
        @Override
        public @Nullable Object call() throws Exception {
            return BodyCall.call(wrapped.bodyKind(), wrapped.body(), arguments);
        }
    }

    /**
     * Calls a body.
     *
     * @param arguments null, the one task with the argument as its result, or an array of such tasks; all have
     *     succeeded
     */
    public static @Nullable Object call(byte bodyKind, Object body, @Nullable Object arguments) throws Exception {
        switch (bodyKind) {
            case BodyKind.CALLABLE:
                return ((Callable<?>) body).call();
            case BodyKind.ACTION:
                ((TaskAction) body).run();
                return null;
            case BodyKind.FUNCTION1:
                return ((TaskFunction1<Object, ?>) body).apply(((TaskNode<?>) arguments).value());
            case BodyKind.FUNCTION2: {
                TaskNode<?>[] in = (TaskNode<?>[]) arguments;
                return ((TaskFunction2<Object, Object, ?>) body).apply(in[0].value(), in[1].value());
            }
            case BodyKind.FUNCTION3: {
                TaskNode<?>[] in = (TaskNode<?>[]) arguments;
                return ((TaskFunction3<Object, Object, Object, ?>) body)
                        .apply(in[0].value(), in[1].value(), in[2].value());
            }
            case BodyKind.FUNCTION4: {
                TaskNode<?>[] in = (TaskNode<?>[]) arguments;
                return ((TaskFunction4<Object, Object, Object, Object, ?>) body)
                        .apply(in[0].value(), in[1].value(), in[2].value(), in[3].value());
            }
            case BodyKind.LIST:
                return ((TaskFunction1<List<?>, ?>) body).apply(values((TaskNode<?>[]) arguments));
            case BodyKind.WRAPPED: {
                WrappedBody wrapped = (WrappedBody) body;
                return wrapped.wrapper().call(new Inner(wrapped, arguments));
            }
            default:
                throw new AssertionError("no body of bodyKind " + bodyKind);
        }
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
