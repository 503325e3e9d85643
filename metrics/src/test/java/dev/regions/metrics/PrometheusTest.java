package dev.regions.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.regions.Limit;
import dev.regions.Regions;
import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The meter binder")
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class PrometheusTest {

    @Test
    @DisplayName("shows all meters where a Prometheus registry is scraped by HTTP")
    void scrape() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        Limit few = Limit.of("few", 1);
        try (TaskRuntime runtime = TaskRuntime.builder()
                        .name("scraped")
                        .onUncaughtFailure(failure -> {})
                        .build();
                TaskMetrics metrics = TaskMetrics.of(runtime, few)) {
            // @start region=binder
            PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            new TaskMeterBinder(metrics).bindTo(registry);
            // @end
            runtime.run(() -> {
                Tasks.spawn(() -> 1).join();
                Tasks.spawn(() -> {
                            throw new IllegalStateException("no");
                        })
                        .await();
                Regions.withLimit(few, () -> {
                    Tasks.spawn(() -> {
                        running.countDown();
                        release.await();
                    });
                    Tasks.spawn(() -> {});
                });
            });
            running.await();
            metrics.flush();

            List<String> lines = scraped(registry);
            Times ran = metrics.snapshot().ran();
            release.countDown();

            assertThat(lines)
                    .contains(
                            "regions_tasks_spawned_total{runtime=\"scraped\"} 4.0",
                            "regions_tasks_ended_total{runtime=\"scraped\",state=\"succeeded\"} 1.0",
                            "regions_tasks_ended_total{runtime=\"scraped\",state=\"failed\"} 1.0",
                            "regions_tasks_ended_total{runtime=\"scraped\",state=\"skipped\"} 0.0",
                            "regions_tasks_retries_total{runtime=\"scraped\"} 0.0",
                            "regions_tasks_in_flight{runtime=\"scraped\"} 2.0",
                            "regions_tasks_ready{runtime=\"scraped\"} 0.0",
                            "regions_limit_in_use{limit=\"few\",runtime=\"scraped\"} 1.0",
                            "regions_limit_queue_length{limit=\"few\",runtime=\"scraped\"} 1.0",
                            "regions_events_dropped_total{runtime=\"scraped\"} 0.0",
                            "regions_tasks_ran_seconds_count{runtime=\"scraped\"} 2",
                            "regions_tasks_waited_for_edges_seconds_count{runtime=\"scraped\"} 2",
                            "regions_tasks_waited_for_worker_seconds_count{runtime=\"scraped\"} 2")
                    .anyMatch(line -> line.startsWith("regions_workers{runtime=\"scraped\"} "));
            assertThat(valueOf(lines, "regions_tasks_ran_quantile_seconds{quantile=\"1\",runtime=\"scraped\"} "))
                    .isEqualTo(ran.max() / 1e9);
            assertThat(valueOf(lines, "regions_tasks_ran_seconds_sum{runtime=\"scraped\"} "))
                    .isEqualTo(ran.total() / 1e9);
        }
    }

    private static double valueOf(List<String> lines, String meter) {
        return lines.stream()
                .filter(line -> line.startsWith(meter))
                .mapToDouble(line -> Double.parseDouble(line.substring(meter.length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError(meter + " is not among " + lines));
    }

    private static List<String> scraped(PrometheusMeterRegistry registry) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", exchange -> {
            byte[] body = registry.scrape().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI address =
                    URI.create("http://" + server.getAddress().getAddress().getHostAddress() + ":"
                            + server.getAddress().getPort() + "/metrics");
            HttpResponse<String> response =
                    client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            return response.body().lines().toList();
        } finally {
            server.stop(0);
        }
    }
}
