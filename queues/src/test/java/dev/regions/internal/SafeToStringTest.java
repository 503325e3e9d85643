package dev.regions.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.task.RegionFailedException;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskSkippedException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The words of a user's object")
class SafeToStringTest {

    @Test
    @DisplayName("are its text")
    void text() {
        assertThat(SafeToString.of(List.of(1, 2))).isEqualTo("[1, 2]");
    }

    @Test
    @DisplayName("say what is wrong with it if its text cannot be had")
    void unspeakable() {
        class Throws {
            @Override
            public String toString() {
                throw new UnsupportedOperationException();
            }
        }
        class Fails {
            @Override
            public String toString() {
                throw new AssertionError();
            }
        }
        class Endless {
            @Override
            @SuppressWarnings("InfiniteRecursion")
            public String toString() {
                return this + "x";
            }
        }
        class Null {
            @Override
            public String toString() {
                return null;
            }
        }

        assertThat(SafeToString.of(new Throws())).contains("Throws", "throws java.lang.UnsupportedOperationException");
        assertThat(SafeToString.of(new Fails())).contains("Fails", "throws java.lang.AssertionError");
        assertThat(SafeToString.of(new Endless())).contains("Endless", "throws java.lang.StackOverflowError");
        assertThat(SafeToString.of(new Null())).contains("Null", "returns null");
        assertThat(SafeToString.of(null)).isEqualTo("null");
    }

    @Test
    @DisplayName("are bounded, and cut no character in two")
    void bounded() {
        String huge = "x".repeat(1_000_000);
        String pairs = "a" + "\uD83D\uDE00".repeat(1000);

        assertThat(SafeToString.of(huge))
                .hasSizeLessThan(1000)
                .startsWith("xxx")
                .endsWith("... (1000000 characters)");
        assertThat(SafeToString.of(pairs).codePoints())
                .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    @Test
    @DisplayName("of a failure are those of what it reports, through all wrappers")
    void failure() {
        Throwable root = new IllegalStateException("disk full");
        Throwable failed = new TaskFailedException("task 'a' failed", root);
        Throwable executed = new ExecutionException("task 'b'", failed);
        Throwable region = new RegionFailedException("joined region", List.of(executed));
        Throwable skipped = new TaskSkippedException("task 'c' was skipped", region);

        assertThat(SafeToString.ofFailure(skipped)).isEqualTo(root.toString());
        assertThat(SafeToString.ofFailure(new TaskFailedException("alone", null)))
                .contains("alone");
        assertThat(SafeToString.ofFailure(new IllegalArgumentException("own", root)))
                .contains("own");
    }

    @Test
    @DisplayName("of a failure are bounded under any number of wrappers")
    void deep() {
        Throwable failure = new IllegalStateException("disk full");
        for (int i = 0; i < 100_000; i++) {
            failure = new TaskFailedException("task " + i + " failed: " + SafeToString.ofFailure(failure), failure);
        }

        assertThat(SafeToString.ofFailure(failure)).hasSizeLessThan(1000);
    }
}
