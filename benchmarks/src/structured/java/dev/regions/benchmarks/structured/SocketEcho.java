package dev.regions.benchmarks.structured;

import dev.regions.benchmarks.EchoWorkload;
import java.net.Socket;
import java.util.concurrent.StructuredTaskScope;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** The workload {@link dev.regions.benchmarks.SocketEcho}. */
@OperationsPerInvocation(dev.regions.benchmarks.SocketEcho.CONNECTIONS * dev.regions.benchmarks.SocketEcho.ROUND_TRIPS)
public class SocketEcho extends EchoWorkload {
    /** {@code StructuredTaskScope.fork}. */
    @Benchmark
    public void structuredTaskScope() throws InterruptedException {
        try (var scope = StructuredTaskScope.open()) {
            for (Socket client : clients()) {
                scope.fork(() -> talk(client));
            }
            scope.join();
        }
    }
}
