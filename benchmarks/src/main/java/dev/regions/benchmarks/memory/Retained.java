package dev.regions.benchmarks.memory;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.regions.CompletableTask;
import dev.regions.Tasks;
import dev.regions.benchmarks.Step;
import dev.regions.core.graph.CoreObjects;
import dev.regions.task.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures what each of many waiting tasks keeps of the heap: what is used with them, less what was used before, after
 * a full collection each time. Bodies are one object for all, and the array of handles was there before, so what is
 * left is the task, its edges and, for those that block, their virtual thread and its stack. Run it with
 * {@code -XX:+UseSerialGC}, which counts objects and nothing else.
 *
 * <p>This is not done by walking from a task along its references, as JOL can: they lead to the runtime, and from there
 * to all other tasks. How large a task and an edge are by themselves is printed, too, and that is by JOL.
 */
@Command(
        name = "retained",
        mixinStandardHelpOptions = true,
        description = "Measures the bytes that a waiting task keeps of the heap.")
public final class Retained implements Callable<Integer> {
    private static final int WAITING = 1_000_000;
    private static final int BLOCKED = 20_000;
    /** How often everything is measured, in turns. */
    private static final int TURNS = 3;

    @Option(names = "--json", description = "A file to write the figures to.")
    private @Nullable Path json;

    private final List<RetainedBytes> all = new ArrayList<>();

    private Retained() {}

    /** The program. */
    public static void main(String... arguments) {
        System.exit(new CommandLine(new Retained()).execute(arguments));
    }

    private interface Graph {
        /** Makes the tasks, and returns when they wait. */
        void make(Object[] handles) throws Exception;

        /** Lets them run, and returns when the last has. */
        void release(Object[] handles) throws Exception;
    }

    @Override
    public Integer call() throws Exception {
        for (int turn = 1; turn <= TURNS; turn++) {
            System.out.printf("bytes retained per task, turn %d%n", turn);
            measure("each waits for the same one", "regions", WAITING, regions(false));
            measure("each waits for the same one", "completableFuture", WAITING, futures(false));
            measure("each waits for the one before", "regions", WAITING, regions(true));
            measure("each waits for the one before", "completableFuture", WAITING, futures(true));
            measure("each is blocked in join", "regions", BLOCKED, blockedRegions());
            measure("each is blocked in join", "virtualThreadPerTask", BLOCKED, blockedThreads());
        }
        System.out.printf("%nbytes of objects, by JOL%n");
        CoreObjects.sizes().forEach((what, bytes) -> System.out.printf("  %-54s %8d%n", what, bytes));
        if (json != null) {
            new ObjectMapper().writeValue(json.toFile(), all);
        }
        return 0;
    }

    private void measure(String kind, String peer, int count, Graph graph) throws Exception {
        Object[] warmUp = new Object[1000]; // loads the classes
        graph.make(warmUp);
        graph.release(warmUp);
        Object[] handles = new Object[count];
        long before = used();
        graph.make(handles);
        double bytes = (double) (used() - before) / count;
        graph.release(handles);
        all.add(new RetainedBytes(kind, peer, bytes));
        System.out.printf("  %-32s %-21s %10.1f%n", kind, peer, bytes);
    }

    private static long used() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static Graph regions(boolean chained) {
        return new Graph() {
            private CompletableTask<Object> gate = Tasks.completable();

            @Override
            public void make(Object[] handles) {
                gate = Tasks.completable();
                var before = gate.task();
                for (int i = 0; i < handles.length; i++) {
                    var task = Tasks.spawn(before, Step.SAME);
                    handles[i] = task;
                    before = chained ? task : before;
                }
            }

            @Override
            public void release(Object[] handles) throws Exception {
                gate.complete(handles);
                for (Object handle : handles) {
                    ((Task<?>) handle).join();
                }
            }
        };
    }

    private static Graph futures(boolean chained) {
        return new Graph() {
            private CompletableFuture<Object> gate = new CompletableFuture<>();

            @Override
            public void make(Object[] handles) {
                gate = new CompletableFuture<>();
                var before = gate;
                for (int i = 0; i < handles.length; i++) {
                    var task = before.thenApplyAsync(Step.SAME);
                    handles[i] = task;
                    before = chained ? task : before;
                }
            }

            @Override
            public void release(Object[] handles) {
                gate.complete(handles);
                for (Object handle : handles) {
                    ((CompletableFuture<?>) handle).join();
                }
            }
        };
    }

    private static Graph blockedRegions() {
        return new Graph() {
            private CompletableTask<Object> gate = Tasks.completable();

            @Override
            public void make(Object[] handles) throws InterruptedException {
                gate = Tasks.completable();
                CountDownLatch started = new CountDownLatch(handles.length);
                Callable<Object> body = () -> {
                    started.countDown();
                    return gate.task().join();
                };
                for (int i = 0; i < handles.length; i++) {
                    handles[i] = Tasks.spawn(body);
                }
                awaitBlocked(started);
            }

            @Override
            public void release(Object[] handles) throws Exception {
                gate.complete(handles);
                for (Object handle : handles) {
                    ((Task<?>) handle).join();
                }
            }
        };
    }

    private static Graph blockedThreads() {
        return new Graph() {
            private CompletableFuture<Object> gate = new CompletableFuture<>();

            @Override
            public void make(Object[] handles) throws InterruptedException {
                gate = new CompletableFuture<>();
                CountDownLatch started = new CountDownLatch(handles.length);
                Runnable body = () -> {
                    started.countDown();
                    gate.join();
                };
                for (int i = 0; i < handles.length; i++) {
                    handles[i] = Thread.startVirtualThread(body);
                }
                awaitBlocked(started);
            }

            @Override
            public void release(Object[] handles) throws Exception {
                gate.complete(handles);
                for (Object handle : handles) {
                    ((Thread) handle).join();
                }
            }
        };
    }

    /** From the last count to being parked it is a few instructions; a quarter of a second is long. */
    private static void awaitBlocked(CountDownLatch started) throws InterruptedException {
        started.await();
        Thread.sleep(250);
    }
}
