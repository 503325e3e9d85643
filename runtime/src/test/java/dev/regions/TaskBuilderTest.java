package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A builder of tasks")
@Timeout(60)
class TaskBuilderTest {

    @Test
    @DisplayName("may be given many dependencies one at a time: 200,000 take time in proportion to their number")
    void oneAtATime() throws Exception {
        Task<Integer> done = Tasks.spawn(() -> 1);
        CompletableTask<Integer> last = Tasks.completable();
        TaskBuilder builder = Tasks.builder();
        for (int i = 0; i < 200_000; i++) {
            builder = builder.requires(done);
        }
        Task<Integer> task = builder.after(last.task()).spawn(() -> 2);

        assertThat(task.taskState()).isEqualTo(TaskState.WAITING);
        last.complete(1);

        assertThat(task.join()).isEqualTo(2);
    }

    @Test
    @DisplayName("is not changed by those that are made of it, which do not see each other's dependencies and limits")
    void sharedPrefix() throws Exception {
        CompletableTask<Integer> a = Tasks.completable();
        CompletableTask<Integer> b = Tasks.completable();
        CompletableTask<Integer> common = Tasks.completable();
        Limit full = Limit.of("full", 1);
        CountDownLatch leave = new CountDownLatch(1);
        Task<?> holder = Tasks.builder().limit(full).spawn(() -> Handshakes.await(leave));
        TaskBuilder prefix = Tasks.builder().requires(common.task());
        TaskBuilder withA = prefix.requires(a.task());
        TaskBuilder withB = prefix.after(b.task()).limit(full);
        common.complete(0);

        assertThat(prefix.spawn(() -> 1).join()).isEqualTo(1);
        Task<Integer> afterB = withB.spawn(() -> 3);
        a.complete(0);
        assertThat(withA.spawn(() -> 2).join()).isEqualTo(2);
        assertThat(afterB.taskState()).isEqualTo(TaskState.WAITING);

        b.complete(0);
        leave.countDown();
        holder.join();
        assertThat(afterB.join()).isEqualTo(3);
    }

    @Test
    @DisplayName("keeps the dependencies in the order in which they were said, of one call and of several")
    void order() {
        List<Task<?>> tasks = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tasks.add(Tasks.builder().name("t" + i).<Integer>completable().task());
        }
        TaskBuilder builder =
                Tasks.builder().requires(tasks.get(0), tasks.get(1)).requires().after(tasks.get(2));
        List<String> seen = new ArrayList<>();

        try (var scope = Regions.withQueue(upstream -> new DependencyRecorder(upstream, seen))) {
            builder.requires(List.of(tasks.get(3), tasks.get(4))).spawn(() -> 1);
            scope.launch();
        }

        assertThat(seen).containsExactly("t0", "t1", "t2", "t3", "t4");
        tasks.forEach(Task::cancel);
    }

    private record DependencyRecorder(dev.regions.queue.TaskQueue upstream, List<String> seen)
            implements dev.regions.queue.TaskQueue {
        @Override
        public void enqueue(dev.regions.queue.PendingTask task) {
            task.dependencies().forEach(each -> seen.add(each.predecessor().name()));
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(dev.regions.queue.TaskBatch batch) {
            upstream.enqueue(batch);
        }
    }

    @Test
    @DisplayName("A dropped builder is an error of static analysis; a dropped task is not")
    void droppedBuilder() {
        assertThat(TaskBuilder.class).hasAnnotation(CheckReturnValue.class);
        assertThat(RetryPolicy.class).hasAnnotation(CheckReturnValue.class);

        StringWriter out = new StringWriter(); // class files have the annotation of methods, reflection does not
        PrintWriter writer = new PrintWriter(out);
        ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
        String file = TaskBuilder.class.getResource("TaskBuilder.class").toString();
        assertThat(javap.run(writer, writer, "-v", "-public", file)).isZero();
        List<String> methods = List.of(out.toString().split("\n {2}public "));
        for (String method : methods.subList(1, methods.size())) {
            String signature = method.lines().findFirst().orElseThrow();
            assertThat(method.contains("CanIgnoreReturnValue"))
                    .as("%s", signature)
                    .isEqualTo(signature.contains(" spawn("));
        }
    }
}
