package dev.regions.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.Limit;
import dev.regions.Regions;
import dev.regions.TaskRuntime;
import dev.regions.queue.ChainPolicy;
import dev.regions.queue.PendingTask;
import dev.regions.queue.RegionAction;
import dev.regions.queue.SequentialQueue;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the model test is worth: bugs that are planted are found, and the programs that show them made small. */
class PlantedBugTest {
    private static final int PROGRAMS = 5000;

    /** Draws programs until one differs, and makes that small. */
    private static FoundDifference find(ModelCheck check) throws InterruptedException {
        Random random = new Random(1);
        for (int i = 0; i < PROGRAMS; i++) {
            Program program = ProgramGenerator.draw(random);
            List<String> differences = check.differences(program);
            if (!differences.isEmpty()) {
                return FoundDifference.shrink(check, program, differences);
            }
        }
        throw new AssertionError("none of " + PROGRAMS + " programs shows the bug");
    }

    /** A sequential queue in which what comes after a batch does not wait for it. */
    private static final class ForgetsBatches implements TaskQueue {
        private final TaskQueue upstream;
        private TaskQueue chain;

        ForgetsBatches(TaskQueue upstream) {
            this.upstream = upstream;
            this.chain = new SequentialQueue(upstream, ChainPolicy.SKIP_REST);
        }

        @Override
        public void enqueue(PendingTask task) {
            chain.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            chain.enqueue(batch);
            if (!batch.isEmpty()) {
                chain = new SequentialQueue(upstream, ChainPolicy.SKIP_REST);
            }
        }
    }

    private static final class RunWithForgetfulRegions extends ProgramRun {
        RunWithForgetfulRegions(Program program, Observation seen) {
            super(program, seen);
        }

        /** Leaves room for another worker to begin what should wait: else one may run all in the order of the queue. */
        @Override
        void inBody() {
            LockSupport.parkNanos(1_000_000);
        }

        @Override
        void open(Step.Kind kind, Limit limit, RegionAction<Exception> body) throws Exception {
            if (kind == Step.Kind.SEQUENTIAL && !(TaskRuntime.currentQueue() instanceof SequentialQueue)) {
                Regions.withQueue(ForgetsBatches::new, body);
            } else {
                super.open(kind, limit, body);
            }
        }
    }

    @Test
    @DisplayName("An edge that a sequential queue drops is found, and shrinks to a batch and a task after it")
    void droppedEdge() throws Exception {
        ModelCheck check = new ModelCheck(
                UnaryOperator.identity(),
                RunWithForgetfulRegions::new,
                ModelCheck.ofRuntime().patience());

        FoundDifference found = find(check);

        assertThat(found.program().tasks()).as("%s", found).isEqualTo(2);
        assertThat(found.asJava("Found")).contains("sequential(", "bulk(");
    }

    /** Cancels a task that joins another one as if the task could not be reached before the other one has ended. */
    private static final class RunWithPatientCancels extends ProgramRun {
        RunWithPatientCancels(Program program, Observation seen) {
            super(program, seen);
        }

        @Override
        boolean cancel(Task<Integer> joiner) {
            return joiner.cancel(false);
        }

        @Override
        Duration patience() {
            return Duration.ofMillis(20);
        }
    }

    @Test
    @DisplayName("A cancellation that waits for the task that is joined is found, and shrinks to two tasks")
    void lateCancellation() throws Exception {
        ModelCheck check = new ModelCheck(
                UnaryOperator.identity(),
                RunWithPatientCancels::new,
                ModelCheck.ofRuntime().patience());

        FoundDifference found = find(check);

        assertThat(found.program().tasks()).as("%s", found).isEqualTo(2);
        assertThat(found.toString()).contains("is not final while a task that it joins goes on", ".join();");
    }

    /** A root queue that does not launch the third task of a batch. */
    private record LosesTheThird(TaskQueue upstream) implements TaskQueue {
        @Override
        public void enqueue(PendingTask task) {
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            if (batch.size() < 3) {
                upstream.enqueue(batch);
            } else {
                batch.tasks().get(2).abandon(new CancellationException("on purpose"));
                upstream.enqueue(new TaskBatch(batch.tasks().stream()
                        .filter(task -> task != batch.tasks().get(2))
                        .toList()));
            }
        }
    }

    @Test
    @DisplayName("A task that a root queue loses is found, and the test that is printed fails there, and only there")
    void lostTask(@TempDir Path classes) throws Throwable {
        ModelCheck check = new ModelCheck(
                LosesTheThird::new, ProgramRun::new, ModelCheck.ofRuntime().patience());

        FoundDifference found = find(check);

        assertThat(found.program().tasks()).as("%s", found).isLessThanOrEqualTo(3);
        try (PrintedPrograms printed = PrintedPrograms.compile(Map.of("Found", found.asJava("Found")), classes);
                TaskRuntime broken =
                        TaskRuntime.builder().root(LosesTheThird::new).build();
                TaskRuntime whole = TaskRuntime.builder().build()) {
            whole.run(() -> printed.run("Found"));
            assertThatThrownBy(() -> broken.run(() -> printed.run("Found")))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("ABANDONED");
        }
    }
}
