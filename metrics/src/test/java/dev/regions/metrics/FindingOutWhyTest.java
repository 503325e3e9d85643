package dev.regions.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.CompletableTask;
import dev.regions.Limit;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.observe.ObserverRegistration;
import dev.regions.observe.TaskEdge;
import dev.regions.observe.TaskEvent;
import dev.regions.observe.TaskInfo;
import dev.regions.observe.TaskObserver;
import dev.regions.task.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The code of docs/observing.md: compiled, run and checked here. */
@DisplayName("docs/observing.md")
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class FindingOutWhyTest {
    private static final Path PAGE = Path.of("..", "docs", "observing.md");

    // ---- The critical path ------------------------------------------------------------------------------------------

    /** Keeps the completed tasks, to find the chain of tasks that a completed task had to wait for. */
    static final class CriticalPath implements TaskObserver {
        private final Map<Long, TaskInfo> ended = new ConcurrentHashMap<>();

        @Override
        public void finished(TaskEvent event) {
            ended.put(event.task().id(), event.task());
        }

        /** Returns the chain that ends with a task: before each task, its predecessor that completed last. */
        List<TaskInfo> to(TaskInfo last) {
            List<TaskInfo> path = new ArrayList<>();
            for (TaskInfo task = last; task != null; task = latest(task.edges())) {
                path.addFirst(task);
            }
            return path;
        }

        private TaskInfo latest(List<TaskEdge> edges) {
            TaskInfo latest = null;
            for (TaskEdge edge : edges) {
                TaskInfo before = ended.get(edge.predecessor());
                if (before != null && (latest == null || before.endedAt() - latest.endedAt() > 0)) {
                    latest = before;
                }
            }
            return latest;
        }

        TaskInfo named(String name) {
            return ended.values().stream()
                    .filter(task -> task.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    static void buildReport(CountDownLatch slow) throws InterruptedException {
        Task<String> orders = Tasks.builder().name("orders").spawn(() -> "orders");
        Task<String> rates = Tasks.builder().name("rates").spawn(() -> {
            slow.await();
            return "rates";
        });
        Task<String> prices = Tasks.builder().name("prices").spawn(rates, r -> r + ", prices");
        Task<String> total = Tasks.builder().name("total").spawn(orders, prices, (o, p) -> o + ", " + p);
        Tasks.builder().name("report").spawn(total, t -> t).join();
    }

    @Test
    @DisplayName("finds the chain that makes the graph slow")
    void criticalPath() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        List<String> shown = new ArrayList<>();
        try (TaskRuntime runtime = TaskRuntime.builder().name("reports").build()) {
            Thread.ofPlatform().start(() -> {
                while (runtime.dump().tasks().stream()
                        .noneMatch(task ->
                                task.name().equals("rates") && task.reason().contains("parked"))) {
                    Thread.onSpinWait();
                }
                slow.countDown();
            });
            CriticalPath critical = new CriticalPath();
            try (ObserverRegistration registration = runtime.observe(critical)) {
                runtime.run(() -> buildReport(slow));
                registration.flush();
            }
            for (TaskInfo task : critical.to(critical.named("report"))) {
                shown.add("%-8s ran %6.1f ms".formatted(task.name(), (task.endedAt() - task.startedAt()) / 1e6));
            }
        }

        assertThat(shown).hasSize(4);
        assertThat(shown.get(0)).startsWith("rates");
        assertThat(shown.get(1)).startsWith("prices");
        assertThat(shown.get(2)).startsWith("total");
        assertThat(shown.get(3)).startsWith("report");
    }

    // ---- The stuck graph --------------------------------------------------------------------------------------------

    @Test
    @DisplayName("finds out why a graph is stuck")
    void stuckGraph() throws Exception {
        try (TaskRuntime runtime =
                TaskRuntime.builder().name("orders").diagnostics(true).build()) {
            CompletableTask<String> reply =
                    runtime.call(() -> Tasks.builder().name("reply of the bank").completable());
            Task<String> booking = runtime.call(
                    () -> Tasks.builder().name("booking").spawn(reply.task(), answer -> "booked: " + answer));
            Task<String> receipt =
                    runtime.call(() -> Tasks.builder().name("receipt").spawn(booking, entry -> "receipt of " + entry));

            String why = receipt.explain();
            String whyThat = booking.explain();
            String whyAtAll = reply.task().explain();
            String all = runtime.dump().toString();

            assertThat(why).containsPattern("waits, for [0-9.]+ ms: it takes the result of 'booking' \\(WAITING\\)\\.");
            assertThat(whyThat).contains("it takes the result of 'reply of the bank' (WAITING)");
            assertThat(whyAtAll)
                    .contains("waits to be completed from outside: nobody has called complete() or fail() yet");
            assertThat(all.lines().toList()).hasSize(4);
            assertThat(all)
                    .contains("WAITING 'reply of the bank' waits to be completed", "WAITING 'receipt' waits, for ");
            reply.complete("yes");
            assertThat(receipt.join()).isEqualTo("receipt of booked: yes");
        }
    }

    // ---- Too many for one limit -------------------------------------------------------------------------------------

    @Test
    @DisplayName("finds out that many tasks wait for one limit")
    void crowdedLimit() throws Exception {
        CountDownLatch slow = new CountDownLatch(1);
        CountDownLatch queryRuns = new CountDownLatch(1);
        Limit database = Limit.of("database", 1);
        try (TaskRuntime runtime = TaskRuntime.builder().name("imports").build();
                TaskMetrics metrics = TaskMetrics.of(runtime, database)) {
            List<Task<?>> tasks = new ArrayList<>();
            runtime.run(() ->
                    tasks.add(Tasks.builder().name("query").limit(database).spawn(() -> {
                        queryRuns.countDown();
                        slow.await();
                    })));
            queryRuns.await();
            runtime.run(() -> {
                for (int i = 1; i <= 100; i++) {
                    tasks.add(Tasks.builder().name("row " + i).limit(database).spawn(() -> {}));
                }
            });

            Task<?> last = tasks.getLast();
            MetricsSnapshot now = metrics.snapshot();
            List<LimitDepth> limits = now.limits();
            String why = last.explain();

            slow.countDown();
            assertThat(limits.toString()).isEqualTo("[LimitDepth[name=database, permits=1, inUse=1, queueLength=100]]");
            assertThat(now.ready()).isZero();
            assertThat(why)
                    .matches(
                            "task 'row 100' is ready, and waits for a permit of limit 'database', for [0-9.]+ ms: 1 of 1"
                                    + " permits are taken, by 'query'; 100 tasks wait\\.");
            for (Task<?> task : tasks) {
                task.join(); // all of them: one that has left the limit may end after the next has run
            }
            metrics.flush();
            Times waited = metrics.snapshot().waitedForWorker();
            Times ran = metrics.snapshot().ran();
            assertThat(waited.count()).isEqualTo(ran.count()).isEqualTo(101);
        }
    }

    // ---- The page ---------------------------------------------------------------------------------------------------

    @Test
    @DisplayName(
            "shows Java code that is compiled and run here, and in the other tests of this module and of the runtime")
    void codeIsCompiled() throws Exception {
        String compiled = "";
        for (String test : List.of(
                "src/test/java/dev/regions/metrics/FindingOutWhyTest.java",
                "src/test/java/dev/regions/metrics/TaskMetricsTest.java",
                "src/test/java/dev/regions/metrics/PrometheusTest.java",
                "../runtime/src/test/java/dev/regions/SnippetsTest.java",
                "../runtime/src/test/java/dev/regions/FlightRecorderTest.java")) {
            compiled += squeeze(Files.readString(Path.of(test)));
        }
        String page = Files.readString(PAGE);
        List<String> shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(page)
                .results()
                // A block closes its braces where the test goes on.
                .map((MatchResult block) -> squeeze(block.group(1)).replaceAll("[ }]+$", ""))
                .toList();

        assertThat(shown).hasSizeGreaterThan(5);
        for (String block : shown) {
            assertThat(compiled).contains(block);
        }
    }

    @Test
    @DisplayName("shows what is really said")
    void wordsAreReal() throws Exception {
        assertThat(squeeze(Files.readString(PAGE)))
                .contains(
                        "it takes the result of 'booking' (WAITING).",
                        "waits to be completed from outside: nobody has called complete() or fail() yet",
                        "[LimitDepth[name=database, permits=1, inUse=1, queueLength=100]]",
                        "task 'row 100' is ready, and waits for a permit of limit 'database', for … ms: 1 of 1 permits are"
                                + " taken, by 'query'; 100 tasks wait.");
    }

    /** Indentation and line breaks differ. */
    private static String squeeze(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
