package dev.regions.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.queue.EdgeReason;
import dev.regions.task.TaskState;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The critical path")
class CriticalPathTest {
    private final RunRecording.Builder run = new RunRecording.Builder("run", Instant.EPOCH);

    private int ran(String name, long launched, long started, long finished) {
        int task = run.task(name, false, RecordedRegion.NONE, launched);
        run.launched(task, launched);
        run.ready(task, launched);
        run.started(task, started, 0);
        run.finished(task, finished);
        run.state(task, TaskState.SUCCEEDED);
        return task;
    }

    private void edge(int from, int to) {
        run.edge(from, to, EdgeReason.ARGUMENT, false, RecordedRegion.NONE);
    }

    private CriticalPath path(long nanos) {
        run.worker("worker 1");
        return CriticalPath.of(run.snapshot(nanos, 0, 0));
    }

    @Test
    @DisplayName("of a diamond goes along its slower side, and the other side has the difference as slack")
    void diamond() {
        int top = ran("top", 0, 0, 10);
        int slow = ran("slow", 0, 10, 40);
        int fast = ran("fast", 0, 10, 15);
        int bottom = ran("bottom", 0, 40, 50);
        edge(top, slow);
        edge(top, fast);
        edge(slow, bottom);
        edge(fast, bottom);

        CriticalPath path = path(50);

        assertThat(path.tasks()).extracting(RecordedTask::name).containsExactly("top", "slow", "bottom");
        assertThat(path.nanos()).isEqualTo(50);
        assertThat(path.slack(fast)).isEqualTo(25);
        assertThat(path.slack(slow)).isZero();
        assertThat(path.contains(slow)).isTrue();
        assertThat(path.contains(fast)).isFalse();
        assertThat(path.work()).isEqualTo(10 + 30 + 5 + 10);
        assertThat(path.span()).isEqualTo(10 + 30 + 10);
    }

    @Test
    @DisplayName("tells running from waiting for a thread, and from the time before the launch")
    void parts() {
        int first = ran("first", 5, 8, 20);
        int second = ran("second", 5, 30, 37);
        edge(first, second);

        CriticalPath path = path(37);

        assertThat(path.untilLaunched()).isEqualTo(5);
        assertThat(path.running()).isEqualTo(12 + 7);
        assertThat(path.waitingForThread()).isEqualTo(3 + 10);
        assertThat(path.nanos()).isEqualTo(37);
        assertThat(path.span()).isEqualTo(12 + 7);
    }

    @Test
    @DisplayName("begins with a task that was launched late, whatever was before it")
    void lateLaunch() {
        int early = ran("early", 0, 0, 10);
        int late = ran("late", 100, 100, 110);
        edge(early, late);

        CriticalPath path = path(110);

        assertThat(path.tasks()).extracting(RecordedTask::name).containsExactly("late");
        assertThat(path.untilLaunched()).isEqualTo(100);
        assertThat(path.slack(early)).isEqualTo(90);
    }

    @Test
    @DisplayName("counts a task that still runs up to the end of the recording, and leaves out what was never launched")
    void unfinished() {
        int running = run.task("running", false, RecordedRegion.NONE, 0);
        run.launched(running, 0);
        run.ready(running, 0);
        run.started(running, 10, 0);
        run.state(running, TaskState.RUNNING);
        run.task("held", false, RecordedRegion.NONE, 3);

        CriticalPath path = path(60);

        assertThat(path.tasks()).extracting(RecordedTask::name).containsExactly("running");
        assertThat(path.nanos()).isEqualTo(60);
        assertThat(path.work()).isEqualTo(50);
    }

    @Test
    @DisplayName("goes through a skipped task, which takes no time, to the failed one that it waited for")
    void skipped() {
        int failed = ran("failed", 0, 0, 10);
        run.state(failed, TaskState.FAILED);
        int skipped = run.task("skipped", false, RecordedRegion.NONE, 0);
        run.launched(skipped, 0);
        run.finished(skipped, 11);
        run.state(skipped, TaskState.SKIPPED);
        edge(failed, skipped);

        CriticalPath path = path(11);

        assertThat(path.tasks()).extracting(RecordedTask::name).containsExactly("failed", "skipped");
        assertThat(path.work()).isEqualTo(10);
    }

    @Test
    @DisplayName("of no tasks is empty")
    void empty() {
        CriticalPath path = path(0);

        assertThat(path.tasks()).isEmpty();
        assertThat(path.nanos()).isZero();
        assertThat(path.untilLaunched()).isZero();
    }

    @Test
    @DisplayName("is refused for edges in a circle, which no runtime makes")
    void circle() {
        int one = ran("one", 0, 0, 1);
        int other = ran("other", 0, 0, 1);
        edge(one, other);
        edge(other, one);

        assertThatThrownBy(() -> path(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("circle: 2 of 2 tasks");
    }
}
