package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.observe.ObserverRegistration;
import dev.regions.observe.TaskEvent;
import dev.regions.observe.TaskInfo;
import dev.regions.observe.TaskObserver;
import dev.regions.queue.Joiner;
import dev.regions.task.RegionFailedException;
import dev.regions.task.RetryPolicy;
import dev.regions.task.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc and the README: compiled, run and checked here. */
@DisplayName("The example of")
class SnippetsTest {

    @Test
    @DisplayName("results as arguments")
    void arguments() throws Exception {
        // @start region=arguments
        Task<Integer> a = Tasks.spawn(() -> 40);
        Task<Integer> b = Tasks.spawn(() -> 2);
        Task<Integer> c = Tasks.spawn(a, b, Integer::sum); // results are arguments; no blocking
        int answer = c.join(); // 42
        // @end
        assertThat(answer).isEqualTo(42);
    }

    @Test
    @DisplayName("a scope")
    void scope() throws Exception {
        String x = "x + 1";
        String y = "y + 1";
        String used;
        // @start region=scope
        try (var scope = Regions.bulk()) { // collected, launched as one graph
            var left = scope.fork(() -> parse(x));
            var right = scope.fork(() -> parse(y));
            var both = scope.fork(left, right, (l, r) -> l + " & " + r);
            scope.join(); // launch all at once, wait, throw if one failed
            used = both.resultNow();
        }
        // @end
        assertThat(used).isEqualTo("[x + 1] & [y + 1]");
    }

    private static String parse(String text) {
        return "[" + text + "]";
    }

    @Test
    @DisplayName("a sequential region with a bulk region in it")
    void sequential() throws Exception {
        List<String> device = Collections.synchronizedList(new ArrayList<>());
        Task<?>[] last = new Task<?>[1];
        // @start region=sequential
        Regions.sequential(
                () -> { // in order, like a GPU stream
                    Regions.bulk(
                            () -> { // these two side by side ...
                                Tasks.spawn(() -> device.add("copy"));
                                Tasks.spawn(() -> device.add("copy"));
                            });
                    last[0] = Tasks.spawn(() -> device.add("add")); // ... and this after both
                });
        // @end
        last[0].await();
        assertThat(device).containsExactly("copy", "copy", "add");
    }

    @Test
    @DisplayName("waiting for the end of a sequential region")
    void lastOfSequence() throws Exception {
        List<String> device = Collections.synchronizedList(new ArrayList<>());
        // @start region=last
        Task<?> last = Regions.sequential(() -> {
            Tasks.spawn(() -> device.add("copy"));
            return Tasks.spawn(() -> device.add("add"));
        }); // does not wait
        last.join(); // all before it are over, too; throws if one of them failed
        // @end
        assertThat(device).containsExactly("copy", "add");
    }

    @Test
    @DisplayName("the first success")
    void anySuccessful() throws Exception {
        String used;
        // @start region="first success"
        try (var mirrors = Regions.joined(Joiner.<String>anySuccessful())) {
            mirrors.fork(() -> fetch("near"));
            mirrors.fork(() -> fetch("far"));
            used = mirrors.join(Duration.ofSeconds(30)); // the first one wins; the other one is cancelled
        }
        // @end
        assertThat(used).startsWith("page from ");
    }

    private static String fetch(String mirror) {
        return "page from " + mirror;
    }

    @Test
    @DisplayName("the first failure that ends a region")
    void failFast() {
        // @start region="fail fast"
        assertThatThrownBy(() -> Regions.joined(
                        Joiner.failFast(), // the first failure cancels the rest
                        () -> {
                            Tasks.spawn(() -> Integer.parseInt("one"));
                            Tasks.spawn(() -> new CountDownLatch(1).await());
                        }))
                .isInstanceOf(RegionFailedException.class)
                .hasCauseInstanceOf(NumberFormatException.class);
        // @end
    }

    @Test
    @DisplayName("the builder")
    void builder() throws Exception {
        List<String> log = Collections.synchronizedList(new ArrayList<>());
        // @start region=builder
        Task<?> schema = Tasks.builder().name("schema").spawn(() -> log.add("schema"));
        Task<?> load = Tasks.builder().name("load").requires(schema).spawn(() -> log.add("load"));
        Task<?> cleanUp = Tasks.builder().name("clean up").after(load).spawn(() -> log.add("clean up"));
        // @end
        cleanUp.join();
        assertThat(log).containsExactly("schema", "load", "clean up");
    }

    @Test
    @DisplayName("a runtime of one's own")
    void runtime() throws Exception {
        List<Integer> results = Collections.synchronizedList(new ArrayList<>());
        // @start region=runtime
        try (TaskRuntime runtime = TaskRuntime.builder().name("import").build()) {
            runtime.run(() -> {
                for (int i = 0; i < 3; i++) {
                    Task<Integer> parsed = Tasks.spawn(() -> 14);
                    Tasks.spawn(parsed, results::add);
                }
            });
        } // waits until all of it has run
        // @end
        assertThat(results).containsExactly(14, 14, 14);
    }

    @Test
    @DisplayName("further attempts")
    void retry() throws Exception {
        // @start region=retry
        RetryPolicy policy = RetryPolicy.maxAttempts(4)
                .backoff(Duration.ofMillis(10), 2, Duration.ofSeconds(1)) // 10 ms, 20 ms, 40 ms ...
                .jitter(0.5) // ... less up to half
                .on(IOException.class);
        Task<String> page = Tasks.builder()
                .name("fetch")
                .timeout(Duration.ofSeconds(2)) // each attempt
                .deadline(Duration.ofSeconds(5)) // all of it
                .retry(policy)
                .spawn(() -> load("index.html"));
        Task<Integer> length = Tasks.spawn(page, String::length); // waits for the last attempt
        // @end
        assertThat(length.join()).isEqualTo(10);
    }

    private int fetches;

    private String load(String page) throws IOException {
        if (++fetches < 3) {
            throw new IOException("attempt " + fetches);
        }
        return page;
    }

    @Test
    @DisplayName("a limit")
    void limit() throws Exception {
        List<String> keys = List.of("a", "b", "c", "d", "e", "f");
        // @start region=limit
        Limit database = Limit.of("database", 4); // shared by whoever uses the database
        TaskBuilder query = Tasks.builder().limit(database);
        List<Task<String>> rows = new ArrayList<>();
        for (String key : keys) {
            rows.add(query.spawn(() -> "row of " + key)); // at most four of these run at the same time
        }
        // @end
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i).join()).isEqualTo("row of " + keys.get(i));
        }
    }

    @Test
    @DisplayName("a parallel stream that spawns into the region around it")
    void otherThreads() throws Exception {
        List<String> names = List.of("a", "b", "c");
        // @start region="other threads"
        List<String> found = new CopyOnWriteArrayList<>();
        Regions.joined(() -> {
            RegionContext region = Regions.current(); // the threads of the stream do not see it
            names.parallelStream().forEach(name -> region.run(() -> Tasks.spawn(() -> found.add(name))));
        });
        // @end

        assertThat(found).hasSize(3);
    }

    @Test
    @DisplayName("a completable task")
    void external() throws Exception {
        CompletableFuture<String> device = new CompletableFuture<>();
        // @start region=external
        CompletableTask<String> answer = Tasks.completable();
        device.whenComplete((text, failure) -> { // somebody else's callback
            if (failure == null) {
                answer.complete(text);
            } else {
                answer.fail(failure);
            }
        });
        Task<Integer> length = Tasks.spawn(answer.task(), String::length); // runs when the callback has come
        // @end
        device.complete("ready");
        assertThat(length.join()).isEqualTo(5);
    }

    @Test
    @DisplayName("an observer")
    void observer() throws Exception {
        TaskRuntime runtime = TaskRuntime.builder().name("observed").build();
        List<String> lines = new ArrayList<>();
        // @start region=observer
        TaskObserver timesOfTasks = new TaskObserver() {
            @Override
            public void finished(TaskEvent event) {
                TaskInfo task = event.task();
                long millis = (task.endedAt() - task.startedAt()) / 1_000_000;
                lines.add(task.name() + " " + event.state() + " after " + millis + " ms, on worker " + event.worker());
            }
        };
        try (ObserverRegistration registration = runtime.observe(timesOfTasks)) {
            runtime.call(() -> Tasks.builder().name("load").spawn(() -> {})).join();
            registration.flush(); // what happened so far has been told
        }
        // @end
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith("load SUCCEEDED after ");
        runtime.close();
    }
}
