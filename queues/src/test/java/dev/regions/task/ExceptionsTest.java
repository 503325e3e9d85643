package dev.regions.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ExceptionsTest {
    private final Exception first = new Exception("first");
    private final Error second = new Error("second");
    private final Exception third = new Exception("third");

    @Test
    @DisplayName("A failed region has its first failure as the cause, and suppresses the others in their order")
    void regionFailed() {
        RegionFailedException failed = new RegionFailedException("region failed", List.of(first, second, third));

        assertThat(failed).hasMessage("region failed").hasCause(first);
        assertThat(failed.getSuppressed()).containsExactly(second, third);
    }

    @Test
    @DisplayName("A failed region does not suppress what is its cause already")
    void regionFailedTwiceWithTheSame() {
        RegionFailedException failed = new RegionFailedException("region failed", List.of(first, second, first));

        assertThat(failed.getSuppressed()).containsExactly(second);
    }

    @Test
    @DisplayName("A region without failures has not failed")
    void regionWithoutFailures() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RegionFailedException("region failed", List.of()));
    }

    @Test
    @DisplayName("A task that was skipped counts, to who waits for it, as one that failed, for the root cause")
    void skippedIsFailed() {
        TaskFailedException skipped = new TaskSkippedException("skipped", first);

        assertThat(skipped).hasMessage("skipped").hasCause(first);
        assertThat(new TaskFailedException("failed", null)).hasNoCause();
    }

    @Test
    @DisplayName("A closed queue rejects, and waiting for what cannot start is an illegal state, in the JDK's terms")
    void kinds() {
        assertThat(new QueueClosedException("closed"))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("closed");
        assertThat(new UnlaunchedTaskException("held"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("held");
    }
}
