package dev.regions;

import dev.regions.task.Task;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A StructuredTaskScope of the JDK that a body leaves open")
@Timeout(120)
class StructuredScopesTest {

    @Test
    @DisplayName(
            "harms neither the tasks that run next on that worker, nor the worker, nor a task that has joined the body in place")
    void leftOpen() throws Exception {
        ForkedJvm.run(LeavesOpen.class, 60, List.of("--enable-preview", "-Djdk.virtualThreadScheduler.parallelism=1"));
    }

    /** With one carrier, a joined task runs in place. */
    static final class LeavesOpen {
        public static void main(String[] arguments) throws Exception {
            List<String> uncaught = new CopyOnWriteArrayList<>();
            Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thread + ": " + thrown));
            for (int round = 0; round < 20; round++) {
                Task<?> leaves = Tasks.spawn(() -> open());
                Task<String> next = Tasks.spawn(leaves, x -> {
                    String[] result = new String[1];
                    try (AutoCloseable scope = open()) {
                        bound(() -> result[0] = "bound in " + scope.getClass().getSimpleName());
                    }
                    return Objects.requireNonNull(result[0]).substring(0, 5);
                });
                require("bound", get(next));
                Task<String> innocent = Tasks.spawn(() -> {
                    String[] result = new String[1];
                    bound(() -> {
                        try {
                            Thread ran = Tasks.spawn(() -> {
                                        open();
                                        return Thread.currentThread();
                                    })
                                    .join();
                            result[0] = ran == Thread.currentThread() ? "in place" : "elsewhere";
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    });
                    return result[0];
                });
                require("in place", get(innocent));
            }
            for (int i = 0; i < 100; i++) {
                Tasks.spawn(() -> 1).join();
            }
            if (!uncaught.isEmpty()) {
                throw new AssertionError("uncaught: " + uncaught);
            }
            System.exit(0);
        }

        private static <T> T get(Task<T> task) throws Exception {
            return task.get(Handshakes.SECONDS, TimeUnit.SECONDS);
        }

        /**
         * Runs something with a scoped value bound around it. By reflection: the tests are not compiled with previews.
         */
        private static void bound(Runnable body) throws Exception {
            Class<?> type = Class.forName("java.lang.ScopedValue");
            Object key = type.getMethod("newInstance").invoke(null);
            Object carrier = type.getMethod("where", type, Object.class).invoke(null, key, "bound");
            Class.forName("java.lang.ScopedValue$Carrier")
                    .getMethod("run", Runnable.class)
                    .invoke(carrier, body);
        }

        private static void require(String expected, String actual) {
            if (!expected.equals(actual)) {
                throw new AssertionError("expected '" + expected + "', and was '" + actual + "'");
            }
        }

        private static AutoCloseable open() throws Exception {
            Class<?> type = Class.forName("java.util.concurrent.StructuredTaskScope");
            try {
                return (AutoCloseable) type.getMethod("open").invoke(null);
            } catch (NoSuchMethodException java21) {
                return (AutoCloseable) type.getConstructor().newInstance();
            }
        }
    }
}
