package dev.regions.benchmarks;

import dev.regions.Regions;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The base of the workloads about a bulk region of a million tasks: it hands all of them over, and waits, outside of
 * the measured time, until all have run.
 *
 * <p>Reactor is not here: a {@code Flux} subscribes to more tasks as running ones complete. Handing over and running
 * are one there, and {@link IndependentTasks} has the time of both. {@code StructuredTaskScope} is not here: each fork
 * starts a virtual thread, as the executor of those does, and is at {@link IndependentTasks}. {@code CountedCompleter}
 * is not here for the reason said there. {@code sequential} is there, too: without tasks there is nothing to hand over.
 *
 * <p>{@link Level#Invocation} costs two readings of the clock per invocation; an invocation here takes milliseconds.
 */
public abstract class BulkWorkload extends Workload {
    int tasks = IndependentTasks.TASKS;
    Body body = Body.EMPTY;
    private TaskRuntime runtime;
    private ExecutorService threads;

    /** Makes a runtime, and an executor of virtual threads. */
    @Setup(Level.Invocation)
    public void open() {
        runtime = TaskRuntime.builder().build();
        threads = Executors.newVirtualThreadPerTaskExecutor();
    }

    /** Waits until all has run. */
    @TearDown(Level.Invocation)
    public void awaitAll() {
        runtime.close();
        threads.close();
        awaitPool();
    }

    final void spawnInBulk() {
        runtime.run(() -> Regions.bulk(() -> {
            for (int i = 0; i < tasks; i++) {
                Tasks.spawn(body);
            }
        }));
    }

    final void spawnOneByOne() {
        runtime.run(() -> {
            for (int i = 0; i < tasks; i++) {
                Tasks.spawn(body);
            }
        });
    }

    final void executeOneByOne() {
        for (int i = 0; i < tasks; i++) {
            pool.execute(body);
        }
    }

    final void runAsyncOneByOne() {
        for (int i = 0; i < tasks; i++) {
            CompletableFuture.runAsync(body, pool);
        }
    }

    final void runAsyncBehindGate() {
        CompletableFuture<Object> gate = new CompletableFuture<>();
        for (int i = 0; i < tasks; i++) {
            gate.thenRunAsync(body, pool);
        }
        gate.complete(0);
    }

    final void startOneByOne() {
        for (int i = 0; i < tasks; i++) {
            threads.execute(body);
        }
    }
}
