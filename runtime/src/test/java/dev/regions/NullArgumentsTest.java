package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.regions.queue.ChainPolicy;
import dev.regions.queue.Joiner;
import dev.regions.queue.QueueStack;
import dev.regions.queue.RegionAction;
import dev.regions.queue.RegionBody;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskAction;
import dev.regions.task.TaskFunction1;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Null, where it means nothing,")
@Timeout(60)
class NullArgumentsTest {
    private static final RegionAction<RuntimeException> NO_ACTION = null;
    private static final RegionBody<Integer, RuntimeException> NO_BODY = null;

    @ParameterizedTest(name = "{0}")
    @MethodSource("calls")
    @DisplayName("is refused at once, by name, and nothing is left behind:")
    void refused(String named, ThrowingCallable call) throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> {
                assertThatNullPointerException().isThrownBy(call).withMessageContaining(named);

                assertThat(QueueStack.enclosing()).hasSize(1);
            });
            assertThat(runtime.inFlightCount()).isZero();
        }
    }

    private static Arguments call(String named, ThrowingCallable call) {
        return Arguments.of(named, call);
    }

    static Stream<Arguments> calls() throws Exception {
        Task<Integer> done = Tasks.spawn(() -> 1);
        done.join();
        return Stream.of(
                call("body", () -> Tasks.spawn((Callable<Integer>) null)),
                call("body", () -> Tasks.spawn((TaskAction) null)),
                call("argument 1", () -> Tasks.spawn((Task<Integer>) null, x -> x)),
                call("argument 2", () -> Tasks.spawn(done, (Task<Integer>) null, Integer::sum)),
                call("argument 2", () -> Tasks.spawn(Arrays.asList(done, null), List::size)),
                call("body", () -> Tasks.spawn(done, (TaskFunction1<Integer, Integer>) null)),
                call("list of tasks", () -> Tasks.spawn((List<Task<Integer>>) null, List::size)),
                call("body", () -> Tasks.spawn(List.of(done), (TaskFunction1<List<Integer>, Integer>) null)),
                call("stage", () -> Tasks.from(null)),
                call("unit", () -> done.get(1, null)),
                call("body", () -> Regions.bulk(NO_ACTION)),
                call("body", () -> Regions.bulk(NO_BODY)),
                call("body", () -> Regions.sequential(NO_ACTION)),
                call("policy", () -> Regions.sequential((ChainPolicy) null, () -> {})),
                call("policy", () -> Regions.sequential((ChainPolicy) null)),
                call("body", () -> Regions.joined(NO_ACTION)),
                call("policy", () -> Regions.joined((Joiner<Integer>) null, () -> {})),
                call("body", () -> Regions.joined(Joiner.failFast(), NO_ACTION)),
                call("policy", () -> Regions.joined((Joiner<Integer>) null)),
                call("queue", () -> Regions.withQueue(upstream -> (TaskQueue) null, () -> {})),
                call("body", () -> Regions.withQueue(upstream -> upstream, NO_ACTION)),
                call("queue", () -> Regions.withQueue((Function<TaskQueue, TaskQueue>) null)),
                call("queue", () -> Regions.withQueue(queue -> null)),
                call("queue", () -> Regions.withQueue(queue -> null, Joiner.failFast())),
                call("time", () -> Regions.withDeadline(null, () -> {})),
                call("time", () -> Regions.withDeadline(null)),
                call("body", () -> Regions.withDeadline(Duration.ofSeconds(1), NO_ACTION)),
                call("limit", () -> Regions.withLimit(null, () -> {})),
                call("limit", () -> Regions.withLimit(null)),
                call("name", () -> Limit.of(null, 1)),
                call("name", () -> Tasks.builder().name(null)),
                call("tasks", () -> Tasks.builder().requires((Task<?>[]) null)),
                call("one of the tasks", () -> Tasks.builder().requires(done, null)),
                call("tasks", () -> Tasks.builder().after((Collection<Task<?>>) null)),
                call("one of the tasks", () -> Tasks.builder().after(Arrays.asList(done, null))),
                call("priority", () -> Tasks.builder().priority(null)),
                call("time", () -> Tasks.builder().timeout(null)),
                call("time", () -> Tasks.builder().deadline(null)),
                call("policy", () -> Tasks.builder().retry(null)),
                call("limit", () -> Tasks.builder().limit(null)),
                call("types", () -> RetryPolicy.maxAttempts(2).on((Class<Exception>[]) null)),
                call("one of the types", () -> RetryPolicy.maxAttempts(2).on(Exception.class, null)),
                call("test", () -> RetryPolicy.maxAttempts(2).when(null)),
                call("wait", () -> RetryPolicy.maxAttempts(2).backoff(null)),
                call("first", () -> RetryPolicy.maxAttempts(2).backoff(null, 2, Duration.ZERO)),
                call("max", () -> RetryPolicy.maxAttempts(2).backoff(Duration.ZERO, 2, null)),
                call("observer", () -> TaskRuntime.shared().observe(null)),
                call("body", () -> TaskRuntime.shared().call(null)),
                call("body", () -> TaskRuntime.shared().run(null)),
                call("root", () -> TaskRuntime.builder().root(null)),
                call("root", () -> TaskRuntime.builder().root(queue -> null).build()),
                call("pass", () -> TaskRuntime.builder().pass(null)),
                call("handler", () -> TaskRuntime.builder().onUncaughtFailure(null)),
                call("observer", () -> TaskRuntime.builder().observer(null)),
                call("overflow", () -> TaskRuntime.builder().maxInFlight(1, null)),
                call("failure", () -> {
                    CompletableTask<Integer> external = Tasks.completable();
                    try {
                        external.fail(null);
                    } finally {
                        external.complete(1);
                    }
                }));
    }

    @Test
    @DisplayName("and anything else that a fork refuses, leaves a scope nothing to launch")
    void fork() throws Exception {
        try (var scope = Regions.joined()) {
            assertThatNullPointerException().isThrownBy(() -> scope.fork((Callable<Integer>) null));
            assertThatNullPointerException().isThrownBy(() -> scope.fork((TaskAction) null));
            assertThatNullPointerException().isThrownBy(() -> scope.fork((Task<Integer>) null, x -> x));
            assertThatNullPointerException().isThrownBy(() -> scope.fork((List<Task<Integer>>) null, List::size));
        } // closed without a join, and without an error
    }

    @Test
    @DisplayName("returned by a pass, fails the launch and leaves nothing in flight")
    void pass() {
        try (TaskRuntime runtime =
                TaskRuntime.builder().pass(batch -> (TaskBatch) null).build()) {
            assertThatNullPointerException()
                    .isThrownBy(() -> runtime.run(() -> Regions.bulk(() -> Tasks.spawn(() -> 1))))
                    .withMessageContaining("pass");

            assertThat(runtime.inFlightCount()).isZero();
        }
    }
}
