package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskSkippedException;
import dev.regions.task.TaskState;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A task")
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class TaskTest {

    private static Task<Integer> failing(Throwable thrown) {
        return Tasks.builder().name("failing").spawn(() -> {
            throw sneaky(thrown);
        });
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> RuntimeException sneaky(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    @DisplayName("that succeeded is a Future that succeeded")
    void succeeded() throws Exception {
        Task<String> task = Tasks.spawn(() -> "result");

        assertThat(task.join()).isEqualTo("result");
        assertThat(task.get()).isEqualTo("result");
        assertThat(task.get(1, TimeUnit.SECONDS)).isEqualTo("result");
        assertThat(task.resultNow()).isEqualTo("result");
        assertThat(task.state()).isEqualTo(Future.State.SUCCESS);
        assertThat(task.isDone()).isTrue();
        assertThat(task.isCancelled()).isFalse();
        assertThat(task.cancel()).isFalse();
        assertThat(task.toCompletableFuture()).isCompletedWithValue("result");
        assertThatThrownBy(task::exceptionNow).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("may have null as its result, and as its argument")
    void nullResult() throws Exception {
        Task<String> nothing = Tasks.spawn(() -> null);
        Task<Boolean> isNull = Tasks.spawn(nothing, x -> x == null);
        Task<List<String>> list = Tasks.spawn(Arrays.asList(nothing, Tasks.spawn(() -> "a")), ArrayList::new);

        assertThat(nothing.join()).isNull();
        assertThat(nothing.taskState()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(isNull.join()).isTrue();
        assertThat(list.join()).containsExactly(null, "a");
    }

    @Test
    @DisplayName("may have a task as its result")
    void taskAsResult() throws Exception {
        Task<Task<Integer>> outer = Tasks.spawn(() -> Tasks.spawn(() -> 1));

        assertThat(outer.join().join()).isEqualTo(1);
        assertThat(outer.taskState()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(outer.toCompletableFuture()).isCompletedWithValue(outer.join());
        assertThat(Tasks.spawn(outer, Task::join).join()).isEqualTo(1);
    }

    @Test
    @DisplayName("may have an unfinished task as its result, and does not count as waiting because of it")
    void unfinishedTaskAsResult() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        Task<Integer> inner = Tasks.spawn(() -> {
            gate.await();
            return 1;
        });
        Task<Task<Integer>> outer = Tasks.spawn(() -> inner);
        CompletableTask<Task<Integer>> external = Tasks.completable();
        external.complete(inner);

        assertThat(outer.join()).isSameAs(inner);
        assertThat(external.task().join()).isSameAs(inner);
        Task<List<Task<Integer>>> both = Tasks.spawn(List.of(outer, external.task()), ArrayList::new);
        assertThat(both.join()).containsExactly(inner, inner);
        assertThat(outer.resultNow()).isSameAs(inner);
        assertThat(inner.isDone()).isFalse();
        gate.countDown();
        assertThat(inner.join()).isEqualTo(1);
    }

    @Test
    @DisplayName("notifies all its successors, in the order of their registration")
    void orderOfSuccessors() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        List<Integer> told = new CopyOnWriteArrayList<>();
        Task<Integer> first = Tasks.spawn(() -> {
            gate.await();
            return 1;
        });
        Task<Integer> twice = Tasks.spawn(first, first, Integer::sum);
        first.toCompletableFuture().thenRun(() -> told.add(0));
        Task<Integer> another = Tasks.spawn(first, x -> x + 2);
        first.toCompletableFuture().thenRun(() -> told.add(1));
        gate.countDown();

        assertThat(twice.join()).isEqualTo(2);
        assertThat(another.join()).isEqualTo(3);
        Awaitility.await().untilAsserted(() -> assertThat(told).containsExactly(0, 1));
    }

    @Test
    @DisplayName("that failed passes on the exception of the body: checked, unchecked or an Error")
    void failed() throws Exception {
        for (Throwable thrown : List.of(
                new java.io.IOException("checked"),
                new IllegalStateException("unchecked"),
                new StackOverflowError("error"),
                new InterruptedException("interrupted by itself"),
                new CancellationException("cancelled something else"),
                new Throwable("neither"))) {
            Task<Integer> task = failing(thrown);

            assertThatThrownBy(task::join)
                    .isInstanceOf(TaskFailedException.class)
                    .hasMessageContaining("failing")
                    .cause()
                    .isSameAs(thrown);
            assertThatThrownBy(task::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isSameAs(thrown);
            assertThat(task.exceptionNow()).isSameAs(thrown);
            assertThat(task.state()).isEqualTo(Future.State.FAILED);
            assertThat(task.taskState()).isEqualTo(TaskState.FAILED);
            assertThat(task.isCancelled()).isFalse();
            assertThatThrownBy(task::resultNow).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> task.toCompletableFuture().join())
                    .isInstanceOfAny(CompletionException.class, CancellationException.class);
            Throwable seen =
                    task.toCompletableFuture().handle((result, given) -> given).join();
            assertThat(thrown instanceof CancellationException ? seen.getCause() : seen)
                    .isSameAs(thrown);
        }
    }

    @Test
    @DisplayName("that was skipped names the tasks on the way and leads to the root cause")
    void skipped() throws Exception {
        IllegalStateException root = new IllegalStateException("root");
        Task<Integer> failing = failing(root);
        Task<Integer> middle = Tasks.builder().name("middle").spawn(failing, x -> x);
        Task<Integer> unnamed = Tasks.spawn(middle, x -> x);
        Task<Integer> last = Tasks.builder().name("last").spawn(unnamed, x -> x);

        assertThatThrownBy(last::join)
                .isInstanceOf(TaskSkippedException.class)
                .hasMessageContaining("'last' was skipped: it requires middle, which required failing, which failed")
                .cause()
                .isSameAs(root);
        assertThatThrownBy(last::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(TaskSkippedException.class)
                .hasRootCause(root);
        assertThat(last.state()).isEqualTo(Future.State.FAILED);
        assertThat(last.taskState()).isEqualTo(TaskState.SKIPPED);
        assertThat(last.toCompletableFuture().handle((result, seen) -> seen).join())
                .isInstanceOf(TaskSkippedException.class)
                .hasCause(root);
    }

    @Test
    @DisplayName(
            "that was skipped names a cancelled or abandoned predecessor, too, and through the batches of a sequence")
    void skippedByOtherPaths() {
        Task<Integer> cancelled = Tasks.<Integer>completable().task();
        cancelled.cancel();
        Task<Integer> afterCancelled = Tasks.builder().name("middle").spawn(Tasks.spawn(cancelled, x -> x), x -> x);
        AtomicReference<Task<Integer>> abandoned = new AtomicReference<>();
        assertThatThrownBy(() -> Regions.bulk(() -> {
                    abandoned.set(Tasks.builder().name("given up").spawn(() -> 1));
                    throw new java.io.IOException("the body");
                }))
                .isInstanceOf(java.io.IOException.class);
        IllegalStateException root = new IllegalStateException("root");
        AtomicReference<Task<Integer>> inSequence = new AtomicReference<>();
        Regions.sequential(() -> {
            Regions.bulk(() -> {
                failing(root);
                Tasks.spawn(() -> 1);
            });
            Regions.bulk(() -> {
                inSequence.set(Tasks.builder().name("next step").spawn(() -> 1));
                Tasks.spawn(() -> 1);
            });
        });

        assertThatThrownBy(() -> Tasks.spawn(afterCancelled, x -> x).join())
                .isInstanceOf(TaskSkippedException.class)
                .hasMessageContaining("it requires middle, ")
                .hasMessageContaining("cancelled")
                .hasCauseInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> Tasks.spawn(abandoned.get(), x -> x).join())
                .isInstanceOf(TaskSkippedException.class)
                .hasMessageContaining("it requires given up, ")
                .hasMessageContaining("abandoned")
                .hasRootCauseMessage("the body");
        assertThatThrownBy(inSequence.get()::join)
                .isInstanceOf(TaskSkippedException.class)
                .hasMessageContaining(
                        "'next step' was skipped: it requires end of batch, which required failing, which failed")
                .hasCause(root);
    }

    @Test
    @DisplayName("that was skipped at the end of a long path names the eight next to the failure")
    void skippedByALongPath() {
        Task<Integer> last = failing(new IllegalStateException("root"));
        for (int i = 2; i <= 20; i++) {
            last = Tasks.builder().name("step " + i).spawn(last, x -> x);
        }

        assertThatThrownBy(last::join)
                .hasMessageContaining("it requires ..., which required step 8, which required step 7, which")
                .hasMessageContaining("step 2, which required failing, which failed")
                .hasRootCauseMessage("root");
    }

    @Test
    @DisplayName("that waits times out, and works on")
    void timedWait() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> task = Tasks.spawn(() -> {
            await(release);
            return 1;
        });

        for (int i = 0; i < 1000; i++) {
            assertThatThrownBy(() -> task.get(1, TimeUnit.NANOSECONDS)).isInstanceOf(TimeoutException.class);
        }
        release.countDown();

        assertThat(task.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    @DisplayName("releases an interrupted thread that waits for it")
    void interruptedWait() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task<?> task = Tasks.spawn(() -> await(release));

        Thread.currentThread().interrupt();
        assertThatThrownBy(task::join).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        release.countDown();

        task.join();
    }

    @Test
    @DisplayName("with an empty list of arguments runs, wherever it was spawned")
    void emptyListOfArguments() throws Exception {
        List<Task<Integer>> none = List.of();

        Task<Integer> outside = Tasks.spawn(none, List::size);
        Task<Integer> dependent = Tasks.spawn(outside, x -> x + 1);
        Task<Integer> named = Tasks.builder().name("named").spawn(none, List::size);
        Task<Integer> collected = Regions.bulk(() -> Tasks.spawn(none, List::size));
        Task<Integer> ordered = Regions.sequential(() -> Tasks.spawn(none, List::size));
        Task<Integer> joinedByATask =
                Tasks.spawn(() -> Tasks.spawn(none, List::size).join());

        assertThat(dependent.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
        for (Task<Integer> task : List.of(outside, named, collected, ordered, joinedByATask)) {
            assertThat(task.get(SECONDS, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    @DisplayName("with an empty list of arguments does not keep its runtime from closing")
    void emptyListOfArgumentsAndClose() throws Exception {
        TaskRuntime runtime = TaskRuntime.builder().name("empty").build();
        Task<Integer> task = runtime.call(() -> Tasks.spawn(List.<Task<Integer>>of(), List::size));

        Handshakes.onAnotherThread(() -> {
            runtime.close();
            return null;
        });

        assertThat(task.resultNow()).isZero();
    }

    @Test
    @DisplayName("gives a future that follows it, whose completion does nothing to it")
    void toCompletableFuture() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> task = Tasks.spawn(() -> {
            await(release);
            return 1;
        });
        var future = task.toCompletableFuture();
        var cancelled = task.toCompletableFuture();
        cancelled.cancel(true);
        var next = future.thenApply(x -> x + 1);
        release.countDown();

        assertThat(next.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(task.join()).isEqualTo(1);
    }

    @Test
    @DisplayName("has the name it was given, or one of its own that does not change")
    void names() {
        assertThat(Tasks.builder().name("parse").spawn(() -> 1).name()).isEqualTo("parse");
        Task<?> unnamed = Tasks.spawn(() -> 1);
        assertThat(unnamed.name()).startsWith("task-").isEqualTo(unnamed.name());
        assertThat(unnamed.toString()).contains(unnamed.name());
    }

    @Test
    @DisplayName("refuses nulls and foreign handles, naming the argument")
    void badArguments() {
        Task<Integer> good = Tasks.spawn(() -> 1);
        Task<Integer> none = null;
        @SuppressWarnings("unchecked")
        Task<Integer> foreign = (Task<Integer>) Proxy.newProxyInstance(
                Task.class.getClassLoader(), new Class<?>[] {Task.class}, (proxy, method, arguments) -> "foreign");

        assertThatThrownBy(() -> Tasks.spawn(good, none, Integer::sum))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("argument 2");
        assertThatThrownBy(() -> Tasks.spawn(foreign, x -> x))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("foreign");
        assertThatThrownBy(() -> Tasks.builder().requires(foreign)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Tasks.builder().after(good, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> Tasks.spawn((java.util.concurrent.Callable<Integer>) null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("body");
    }

    @Test
    @DisplayName("that asks for a thread of its own gets one that runs nothing else")
    void dedicatedThread() throws Exception {
        ThreadLocal<String> left = new ThreadLocal<>();
        AtomicReference<Thread> own = new AtomicReference<>();
        Task<?> dedicated = Tasks.builder().dedicatedThread().spawn(() -> {
            assertThat(Thread.currentThread().isVirtual()).isTrue();
            own.set(Thread.currentThread());
            left.set("behind");
        });
        Task<Boolean> next = Tasks.spawn(dedicated, x -> Thread.currentThread() == own.get() || left.get() != null);

        assertThat(next.join()).isFalse();
    }

    @Test
    @DisplayName("leaves no name, no class loader, no handler and no interrupt behind on its thread")
    void threadIsRestored() throws Exception {
        List<List<Object>> seen = new ArrayList<>();
        Regions.joined(() -> Regions.sequential(() -> {
            for (int i = 0; i < 5; i++) {
                Tasks.spawn(() -> {
                    Thread self = Thread.currentThread();
                    seen.add(List.of(
                            self.getName(),
                            self.getContextClassLoader(),
                            self.getUncaughtExceptionHandler(),
                            self.isInterrupted()));
                    self.setName("changed");
                    self.setContextClassLoader(null);
                    self.setUncaughtExceptionHandler((thread, thrown) -> {});
                    self.interrupt();
                });
            }
        }));
        assertThat(seen).hasSize(5).allMatch(seen.get(0)::equals);
        assertThat(seen.get(0)).endsWith(false);
    }

    @Test
    @DisplayName(
            "is waited for not at all with a negative time, however long, and as long as it takes with the longest")
    void extremeTimes() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Task<Integer> task = Tasks.spawn(() -> {
            await(release);
            return 1;
        });

        for (TimeUnit unit : TimeUnit.values()) {
            assertThatThrownBy(() -> task.get(Long.MIN_VALUE, unit)).isInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> task.get(-1, unit)).isInstanceOf(TimeoutException.class);
        }
        var waiting = Handshakes.start(() -> task.get(Long.MAX_VALUE, TimeUnit.DAYS));
        release.countDown();
        assertThat(waiting.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    @DisplayName("that failed with a CancellationException is FAILED as a CompletableFuture, too, and on the way back")
    void failedWithCancellation() throws Exception {
        CancellationException thrown = new CancellationException("thrown by the body");
        Task<Integer> failed = failing(thrown);
        failed.await();

        CompletableFuture<Integer> future = failed.toCompletableFuture();
        Task<Integer> back = Tasks.from(future);
        back.await();

        assertThat(failed.taskState()).isEqualTo(TaskState.FAILED);
        assertThat(future.state()).isEqualTo(Future.State.FAILED);
        assertThat(future.isCancelled()).isFalse();
        assertThat(future.exceptionNow()).isSameAs(thrown);
        assertThatThrownBy(future::get).isInstanceOf(ExecutionException.class).hasCause(thrown);
        assertThat(back.taskState()).isEqualTo(TaskState.FAILED);
        assertThat(back.exceptionNow()).isSameAs(thrown);
    }
}
