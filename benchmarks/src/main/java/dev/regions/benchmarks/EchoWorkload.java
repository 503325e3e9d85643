package dev.regions.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The echo server of {@link SocketEcho}, the connections to it, and what is said over one. */
public abstract class EchoWorkload extends Workload {
    private static final int BYTES = 64;

    int connections = SocketEcho.CONNECTIONS;
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

    /** Makes the round trips of one task. */
    protected final void talk(Socket client) {
        try {
            byte[] message = new byte[BYTES];
            for (int i = 0; i < SocketEcho.ROUND_TRIPS; i++) {
                Arrays.fill(message, (byte) i);
                client.getOutputStream().write(message);
                byte[] answer = client.getInputStream().readNBytes(BYTES);
                if (!Arrays.equals(message, answer)) {
                    throw new IllegalStateException("the echo server answered something else, or nothing");
                }
            }
            bytesEchoed.addAndGet((long) SocketEcho.ROUND_TRIPS * BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException("the connection to the echo server failed", e);
        }
    }

    /** Returns the connections, one for each task. */
    protected final List<Socket> clients() {
        return clients;
    }
}
