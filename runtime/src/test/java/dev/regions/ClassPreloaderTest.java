package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.queue.Joiner;
import dev.regions.task.Priority;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The first runtime of a JVM")
@Timeout(value = 4 * SECONDS, unit = TimeUnit.SECONDS)
class ClassPreloaderTest {

    @Test
    @DisplayName(
            "loads and links all that its steps use, so that none is needed first where the stack or threads give out")
    void loads(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("classes.txt");

        ForkedJvm.run(
                Everything.class,
                SECONDS,
                List.of("-Xlog:class+load=info,class+init=off:file=" + log + "::filecount=0"));

        List<String> loaded = Files.readAllLines(log);
        int begin = indexOf(loaded, Begin.class);
        int end = indexOf(loaded, End.class);
        assertThat(begin).isPositive().isLessThan(end);
        assertThat(loaded.subList(begin, end).stream()
                        .filter(ClassPreloaderTest::isOfTheRuntime)
                        .toList())
                .as("classes of the runtime, and lambdas of its core, that were loaded by a step")
                .isEmpty();
    }

    @Test
    @DisplayName("makes each access by way of a VarHandle once, in the class that makes it later")
    void linksAccesses() throws Exception {
        Path classes = Path.of(TaskRuntime.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Path> files;
        try (Stream<Path> all = Files.walk(classes)) {
            files = all.filter(file -> file.toString().endsWith(".class")).toList();
        }

        int withAccesses = 0;
        for (Path file : files) {
            Set<String> linked = new TreeSet<>();
            Set<String> accesses = new TreeSet<>();
            boolean links = false;
            for (String line : disassembled(file)) {
                if (line.matches("  \\S.*;")) { // a member
                    links = line.contains(" linkAccesses(");
                }
                int access = line.indexOf("java/lang/invoke/VarHandle.");
                if (access >= 0 && line.contains("invokevirtual")) {
                    (links ? linked : accesses).add(line.substring(access));
                }
            }
            withAccesses += accesses.isEmpty() ? 0 : 1;
            assertThat(linked).as("linked in " + file.getFileName()).isEqualTo(accesses);
        }
        assertThat(withAccesses).isPositive();
    }

    /** Returns what javap prints of a class. */
    private static List<String> disassembled(Path file) {
        StringWriter out = new StringWriter();
        ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
        assertThat(javap.run(new PrintWriter(out), new PrintWriter(out), "-p", "-c", file.toString()))
                .isZero();
        return out.toString().lines().toList();
    }

    private static int indexOf(List<String> loaded, Class<?> marker) {
        for (int i = 0; i < loaded.size(); i++) {
            if (loaded.get(i).contains(marker.getName() + " ")) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isOfTheRuntime(String line) {
        if (!line.contains(" dev.regions.")) {
            return false;
        }
        if (line.contains("$$Lambda") || line.contains("LambdaForm")) {
            return line.contains(" dev.regions.core.")
                    && !line.contains("Test")
                    && !line.contains("core.DeadlockDetector$$");
        }
        return !line.contains("test-classes") && !line.contains("Test");
    }

    private static final class Begin {
        static void mark() {}
    }

    private static final class End {
        static void mark() {}
    }

    /** Started in a JVM of its own. */
    static final class Everything {
        private Everything() {}

        public static void main(String[] arguments) throws Exception {
            TaskRuntime.shared();
            TaskRuntime runtime =
                    TaskRuntime.builder().onUncaughtFailure(failure -> {}).build();
            Begin.mark();
            runtime.run(() -> {
                useEverything();
                Tasks.spawn(Everything::useEverything).join(); // and inside a task
            });
            Task<?> lost = runtime.call(() -> Tasks.spawn(() -> {
                throw new IllegalStateException("on purpose");
            }));
            lost.await();
            runtime.close();
            End.mark();
        }

        private static void useEverything() throws Exception {
            Duration time = Duration.ofMillis(5);
            Tasks.spawn(() -> 1).join();
            Tasks.spawn(Tasks.spawn(() -> 1), Tasks.spawn(() -> 2), Integer::sum)
                    .join();
            Tasks.spawn(List.of(Tasks.spawn(() -> 1)), List::size).join();
            Tasks.spawn(Tasks.spawn(() -> 1), Objects::requireNonNull).get(SECONDS, TimeUnit.SECONDS);
            Tasks.spawn(() -> 1).toCompletableFuture().join();
            Task<Integer> failing = Tasks.spawn(() -> {
                throw new IllegalStateException("on purpose");
            });
            Task<?> skipped = Tasks.spawn(failing, x -> x);
            Tasks.builder().after(failing, skipped).spawn(() -> {}).join();
            fails(failing);
            skipped.await();

            Limit limit = Limit.of("limit", 1);
            for (int i = 0; i < 3; i++) {
                Tasks.builder()
                        .limit(limit)
                        .limit(Limit.of("other", 2))
                        .spawn(() -> Thread.sleep(1))
                        .await();
            }
            Tasks.builder().priority(Priority.HIGH).spawn(() -> 1).await();
            Tasks.builder().priority(Priority.LOW).spawn(() -> 1).await();
            Tasks.builder().dedicatedThread().spawn(() -> 1).await();
            fails(Tasks.builder()
                    .retry(RetryPolicy.maxAttempts(2).backoff(time))
                    .spawn(() -> {
                        throw new IllegalStateException("on purpose");
                    }));
            fails(Tasks.builder().timeout(time).spawn(() -> Thread.sleep(1000 * SECONDS)));
            fails(Tasks.builder().deadline(time).spawn(() -> Thread.sleep(1000 * SECONDS)));
            CompletableTask<Integer> external = Tasks.completable();
            fails(Tasks.builder().deadline(time).spawn(external.task(), x -> x));
            Task<?> cancelled = Tasks.spawn(external.task(), x -> x);
            cancelled.cancel();
            Task<?> running = Tasks.spawn(() -> Thread.sleep(1000 * SECONDS));
            Thread.sleep(2);
            running.cancel();
            running.await();
            external.complete(1);
            CompletableTask<Integer> failed = Tasks.completable();
            failed.fail(new IllegalStateException("on purpose"));
            fails(failed.task());
            CompletableFuture<Integer> stage = new CompletableFuture<>();
            Task<Integer> from = Tasks.from(stage);
            stage.complete(1);
            from.join();

            Regions.bulk(() -> Tasks.spawn(Tasks.spawn(() -> 1), x -> x));
            Regions.sequential(() -> {
                Tasks.spawn(() -> 1);
                Regions.bulk(() -> Tasks.spawn(() -> 1));
                Tasks.spawn(() -> 1);
            });
            Regions.joined(() -> Tasks.spawn(() -> 1));
            Regions.joined(Joiner.failFast(), () -> Tasks.spawn(() -> 1));
            Regions.withLimit(limit, () -> Tasks.spawn(() -> 1));
            Regions.withDeadline(Duration.ofSeconds(SECONDS), () -> Tasks.spawn(() -> 1));
            try (RegionScope scope = Regions.bulk()) {
                scope.fork(() -> 1);
                scope.join();
            }
            try (RegionScope scope = Regions.joined()) {
                scope.fork(() -> 1);
                scope.join(Duration.ofSeconds(SECONDS));
            }
        }

        private static void fails(Task<?> task) throws InterruptedException {
            try {
                task.join();
                throw new AssertionError("it does not fail: " + task);
            } catch (TaskFailedException expected) {
                // as it is to
            }
        }
    }
}
