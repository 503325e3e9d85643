package dev.regions.metrics;

import dev.regions.Limit;
import dev.regions.task.TaskState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * Registers {@link TaskMetrics} with Micrometer, for Prometheus and all other systems that Micrometer supports.
 *
 * {@snippet file="PrometheusTest.java" region="binder"}
 *
 * <table>
 * <caption>The meters; each has the tag {@code runtime}</caption>
 * <tr><th>name</th><th>kind</th><th>meaning</th></tr>
 * <tr><td>{@code regions.tasks.spawned}</td><td>counter</td><td>tasks spawned</td></tr>
 * <tr><td>{@code regions.tasks.ended}, tag {@code state}</td><td>counter</td>
 *     <td>tasks completed in that state</td></tr>
 * <tr><td>{@code regions.tasks.retries}</td><td>counter</td>
 *     <td>attempts that have failed, with another to follow</td></tr>
 * <tr><td>{@code regions.tasks.in.flight}</td><td>gauge</td><td>tasks launched and not completed</td></tr>
 * <tr><td>{@code regions.tasks.ready}</td><td>gauge</td><td>tasks that wait for a worker</td></tr>
 * <tr><td>{@code regions.workers}</td><td>gauge</td><td>workers</td></tr>
 * <tr><td>{@code regions.tasks.waited.for.edges}, {@code regions.tasks.waited.for.worker},
 *     {@code regions.tasks.ran}</td><td>timer</td><td>number and total time</td></tr>
 * <tr><td>the same with {@code .quantile}, tag {@code quantile}</td><td>gauge</td><td>the quantile of these times;
 *     {@code 1} is the longest</td></tr>
 * <tr><td>{@code regions.limit.in.use}, {@code regions.limit.queue.length}, tag {@code limit}</td><td>gauge</td>
 *     <td>use of a limit</td></tr>
 * <tr><td>{@code regions.events.dropped}</td><td>counter</td><td>events that the counts above do not include</td></tr>
 * </table>
 */
public final class TaskMeterBinder implements MeterBinder {
    private static final String RUNTIME = "runtime";

    private final TaskMetrics metrics;

    /** Creates a binder for the given metrics, which the caller remains responsible for closing. */
    public TaskMeterBinder(TaskMetrics metrics) {
        this.metrics = Objects.requireNonNull(metrics, "metrics");
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        counter(registry, "regions.tasks.spawned", "tasks spawned", MetricsSnapshot::spawned);
        counter(
                registry,
                "regions.tasks.retries",
                "attempts that have failed, with another to follow",
                MetricsSnapshot::retries);
        counter(
                registry,
                "regions.events.dropped",
                "events that the counts are short of",
                MetricsSnapshot::droppedEvents);
        for (TaskState state : TaskState.values()) {
            if (state.isCompleted()) {
                FunctionCounter.builder("regions.tasks.ended", metrics, all -> all.snapshot()
                                .ended()
                                .get(state))
                        .description("tasks that have ended")
                        .tags(
                                RUNTIME,
                                metrics.runtime().name(),
                                "state",
                                state.name().toLowerCase(Locale.ROOT))
                        .register(registry);
            }
        }
        gauge(registry, "regions.tasks.in.flight", "tasks launched and not final", all -> all.runtime()
                .inFlightCount());
        gauge(registry, "regions.tasks.ready", "tasks that wait for a worker", all -> all.runtime()
                .readyCount());
        gauge(registry, "regions.workers", "workers", all -> all.runtime().workerCount());
        times(registry, "regions.tasks.waited.for.edges", MetricsSnapshot::waitedForEdges);
        times(registry, "regions.tasks.waited.for.worker", MetricsSnapshot::waitedForWorker);
        times(registry, "regions.tasks.ran", MetricsSnapshot::ran);
        for (Limit limit : metrics.limits()) {
            limit(registry, "regions.limit.in.use", "tasks that hold a permit", limit, Limit::inUse);
            limit(registry, "regions.limit.queue.length", "tasks that wait for a permit", limit, Limit::queueLength);
        }
    }

    private void counter(
            MeterRegistry registry, String name, String description, ToLongFunction<MetricsSnapshot> value) {
        FunctionCounter.builder(name, metrics, all -> value.applyAsLong(all.snapshot()))
                .description(description)
                .tags(RUNTIME, metrics.runtime().name())
                .register(registry);
    }

    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<TaskMetrics> value) {
        Gauge.builder(name, metrics, value)
                .description(description)
                .tags(RUNTIME, metrics.runtime().name())
                .register(registry);
    }

    private void limit(
            MeterRegistry registry, String name, String description, Limit limit, ToDoubleFunction<Limit> value) {
        Gauge.builder(name, limit, value)
                .description(description)
                .tags(RUNTIME, metrics.runtime().name(), "limit", limit.name())
                .register(registry);
    }

    private void times(MeterRegistry registry, String name, Function<MetricsSnapshot, Times> times) {
        FunctionTimer.builder(
                        name,
                        metrics,
                        all -> times.apply(all.snapshot()).count(),
                        all -> times.apply(all.snapshot()).total(),
                        TimeUnit.NANOSECONDS)
                .tags(RUNTIME, metrics.runtime().name())
                .register(registry);
        quantile(registry, name, "0.5", all -> times.apply(all.snapshot()).p50());
        quantile(registry, name, "0.9", all -> times.apply(all.snapshot()).p90());
        quantile(registry, name, "0.99", all -> times.apply(all.snapshot()).p99());
        quantile(registry, name, "0.999", all -> times.apply(all.snapshot()).p999());
        quantile(registry, name, "1", all -> times.apply(all.snapshot()).max());
    }

    private void quantile(MeterRegistry registry, String name, String which, ToDoubleFunction<TaskMetrics> value) {
        TimeGauge.builder(name + ".quantile", metrics, TimeUnit.NANOSECONDS, value)
                .tags(RUNTIME, metrics.runtime().name(), "quantile", which)
                .register(registry);
    }
}
