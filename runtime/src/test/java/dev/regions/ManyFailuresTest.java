package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.regions.task.RegionFailedException;
import dev.regions.task.TaskAction;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a million failures must not cost. */
@Timeout(value = 6 * SECONDS, unit = TimeUnit.SECONDS)
class ManyFailuresTest {

    @ParameterizedTest
    @EnumSource
    @DisplayName("A joined region of 1,000,000 tasks that all fail ends in a small heap, and says how many it left out")
    void joinedRegion(Form form) throws Exception {
        ForkedJvm.run(MillionFailures.class, 4 * SECONDS, List.of("-Xmx" + form.heap), form.name());
    }

    /** How the tasks get into the region. */
    enum Form {
        BLOCK("256m") {
            @Override
            void run() throws Exception {
                Regions.joined(() -> spawnAll());
            }
        },
        SCOPE("256m") {
            @Override
            void run() throws Exception {
                try (var scope = Regions.joined()) {
                    for (int i = 0; i < TASKS; i++) {
                        scope.fork(failing(i));
                    }
                    scope.join();
                }
            }
        },
        /**
         * Launched all at once, when all are remembered: the tasks alone nearly fill a heap of the size of the others'.
         */
        BULK_INSIDE("512m") {
            @Override
            void run() throws Exception {
                Regions.joined(() -> Regions.bulk(() -> spawnAll()));
            }
        },
        /** Each tenth with one that is skipped for it. */
        WITH_DEPENDENTS("256m") {
            @Override
            void run() throws Exception {
                Regions.joined(() -> {
                    for (int i = 0; i < TASKS; i++) {
                        var failing = Tasks.spawn(failing(i));
                        if (i % 10 == 0) {
                            Tasks.spawn(failing, nothing -> nothing);
                        }
                    }
                });
            }
        };

        private static final int TASKS = 1_000_000;

        private final String heap;

        Form(String heap) {
            this.heap = heap;
        }

        abstract void run() throws Exception;

        private static void spawnAll() {
            for (int i = 0; i < TASKS; i++) {
                Tasks.spawn(failing(i));
            }
        }

        private static TaskAction failing(int number) {
            return () -> {
                throw new IllegalStateException("failure " + number);
            };
        }
    }

    /** Started in a JVM of its own. */
    static final class MillionFailures {
        private MillionFailures() {}

        public static void main(String[] arguments) {
            ThrowingCallable region = Form.valueOf(arguments[0])::run;

            RegionFailedException failed = catchThrowableOfType(RegionFailedException.class, region);

            assertThat(failed)
                    .hasMessageContaining("1000000 failed")
                    .hasMessageContaining("999900 of them are left out");
            assertThat(failed.getCause()).hasMessage("failure 0");
            assertThat(failed.getSuppressed()).hasSize(99);
            for (int i = 0; i < failed.getSuppressed().length; i++) {
                assertThat(failed.getSuppressed()[i]).hasMessage("failure " + (i + 1));
            }
        }
    }
}
