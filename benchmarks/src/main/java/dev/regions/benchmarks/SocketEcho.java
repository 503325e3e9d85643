package dev.regions.benchmarks;

import dev.regions.TaskRuntime;
import dev.regions.Tasks;
import dev.regions.benchmarks.About.Goal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A thousand tasks, each of which sends 64 bytes over a connection of its own to an echo server on the loopback interface and
 * waits for them, ten times. The time is per round trip. The server, in the same JVM, has a virtual thread per connection; it
 * is the same for all peers, and part of the time. Who is not here is said at {@link BlockingTasks}.
 */
@About(
        title = "Tasks that talk to a server",
        text = "1000 tasks, each of which makes ten round trips to an echo server on the loopback interface.",
        per = "round trip",
        goals = {@Goal(peer = "virtualThreadPerTask", atMost = 1.0)})
@OperationsPerInvocation(SocketEcho.CONNECTIONS * SocketEcho.ROUND_TRIPS)
public class SocketEcho extends Workload {
    /** How many connections, and tasks, there are. */
    public static final int CONNECTIONS = 1000;

    /** How many round trips a task makes. */
    public static final int ROUND_TRIPS = 10;

    private static final int BYTES = 64;

    int connections = CONNECTIONS;
    final AtomicLong bytesEchoed = new AtomicLong();
    private ServerSocket server;
    private final List<Socket> clients = new ArrayList<>();

    /** Starts the server and connects to it. */
    @Setup
    public void connect() throws IOException {
        server = new ServerSocket(0, connections, InetAddress.getLoopbackAddress());
        for (int i = 0; i < connections; i++) {
            Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
            Socket accepted = server.accept();
            client.setTcpNoDelay(true);
            accepted.setTcpNoDelay(true);
            clients.add(client);
            Thread.ofVirtual().name("echo-server-", i).start(() -> serve(accepted));
        }
    }

    private static void serve(Socket accepted) {
        try (accepted) {
            accepted.getInputStream().transferTo(accepted.getOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException("the echo server failed", e);
        }
    }

    /** Closes the connections, which ends the server's threads. */
    @TearDown
    public void disconnect() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        server.close();
    }

    private void talk(Socket client) {
        try {
            byte[] message = new byte[BYTES];
            for (int i = 0; i < ROUND_TRIPS; i++) {
                Arrays.fill(message, (byte) i);
                client.getOutputStream().write(message);
                byte[] answer = client.getInputStream().readNBytes(BYTES);
                if (!Arrays.equals(message, answer)) {
                    throw new IllegalStateException("the echo server answered something else, or nothing");
                }
            }
            bytesEchoed.addAndGet((long) ROUND_TRIPS * BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException("the connection to the echo server failed", e);
        }
    }

    /** {@code Tasks.spawn}. */
    @Benchmark
    public void regions() {
        try (TaskRuntime runtime = TaskRuntime.builder().build()) {
            runtime.run(() -> {
                for (Socket client : clients) {
                    Tasks.spawn(() -> talk(client));
                }
            });
        }
    }

    /** {@code Executors.newVirtualThreadPerTaskExecutor}. */
    @Benchmark
    public void virtualThreadPerTask() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Socket client : clients) {
                threads.execute(() -> talk(client));
            }
        }
    }

    /** One thread outside, one connection after the other: a thousand times no waiting for anybody else. */
    @Benchmark
    public void sequential() {
        clients.forEach(this::talk);
    }
}
