package dev.regions.benchmarks;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.benchmarks.About.Goal;
import java.net.Socket;
import java.util.concurrent.Executors;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * A thousand tasks, each of which sends 64 bytes over a connection of its own to an echo server on the loopback
 * interface and waits for them, ten times. The time is per round trip. The server, in the same JVM, has a virtual
 * thread per connection; it is the same for all peers, and part of the time. Who is not here is said at
 * {@link BlockingTasks}.
 */
@About(
        title = "Tasks that talk to a server",
        text = "1000 tasks, each of which makes ten round trips to an echo server on the loopback interface.",
        per = "round trip",
        goals = {@Goal(peer = "virtualThreadPerTask", atMost = 1.0)})
@OperationsPerInvocation(SocketEcho.CONNECTIONS * SocketEcho.ROUND_TRIPS)
public class SocketEcho extends EchoWorkload {
    /** How many connections, and tasks, there are. */
    public static final int CONNECTIONS = 1000;

    /** How many round trips a task makes. */
    public static final int ROUND_TRIPS = 10;

    /** {@code Tasks.spawn}. */
    @Benchmark
    public void regions() {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> {
                for (Socket client : clients()) {
                    Tasks.spawn(() -> talk(client));
                }
            });
        }
    }

    /** {@code Executors.newVirtualThreadPerTaskExecutor}. */
    @Benchmark
    public void virtualThreadPerTask() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Socket client : clients()) {
                threads.execute(() -> talk(client));
            }
        }
    }

    /** One thread outside, one connection after the other: a thousand times no waiting for anybody else. */
    @Benchmark
    public void sequential() {
        clients().forEach(this::talk);
    }
}
