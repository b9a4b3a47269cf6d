package bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Polls nodes for a path over one connection each, until each of them serves it.
 *
 * <p><i>Threading</i>: a thread of its own sends a request on every connection, receives the responses and pauses.
 */
final class Poller implements AutoCloseable {
    private static final String NO_PATH = "/not-changed-yet";

    private final List<Connection> connections;
    private final long pauseNanos;
    private final boolean isSteady;
    private final Queue<Double> latencies = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "poller");
    private volatile Expected expected = new Expected(NO_PATH, new HashSet<>());
    private volatile boolean closed;

    /** A path, and the connections on which it was not served yet. */
    private static final class Expected {
        private final String path;
        private final Set<Connection> pending;
        private final CompletableFuture<Long> served = new CompletableFuture<>();

        private Expected(String path, Set<Connection> pending) {
            this.path = path;
            this.pending = pending;
        }

        private void served(Connection connection, long now) {
            if (pending.remove(connection) && pending.isEmpty()) {
                served.complete(now);
            }
        }
    }

    private Poller(List<Node> nodes, int pauseMillis, boolean isSteady) {
        this.connections =
                nodes.stream().map(node -> Connection.to(node.httpPort())).toList();
        this.pauseNanos = TimeUnit.MILLISECONDS.toNanos(pauseMillis);
        this.isSteady = isSteady;
        thread.setDaemon(true);
        thread.start();
    }

    /** Polls one node all the time and measures the latency of each request. */
    static Poller steady(Node node, int pauseMillis) {
        return new Poller(List.of(node), pauseMillis, true);
    }

    /** Polls nodes only while they do not serve the expected path. */
    static Poller untilServed(List<Node> nodes, int pauseMillis) {
        return new Poller(nodes, pauseMillis, false);
    }

    /** Sets the path to poll for. The future has the time at which the last node served it. */
    CompletableFuture<Long> expect(String path) {
        Expected next = new Expected(path, new HashSet<>(connections));
        expected = next;
        return next.served;
    }

    /** Returns the latencies in milliseconds since the last call. */
    List<Double> takeLatencies() {
        List<Double> taken = new ArrayList<>();
        for (Double latency = latencies.poll(); latency != null; latency = latencies.poll()) {
            taken.add(latency);
        }
        return taken;
    }

    private void run() {
        while (!closed) {
            Expected now = expected;
            try {
                poll(now);
            } catch (IOException | BenchException e) {
                // A connection that is closed fails again for the next path.
                now.served.completeExceptionally(e);
            }
            LockSupport.parkNanos(pauseNanos);
        }
    }

    private void poll(Expected now) throws IOException {
        List<Connection> polled = isSteady ? connections : List.copyOf(now.pending);
        for (Connection connection : polled) {
            connection.send(now.path);
        }
        for (Connection connection : polled) {
            boolean isServed = connection.isServed();
            long time = System.nanoTime();
            if (isSteady) {
                latencies.add(connection.millisSince(time));
            }
            if (isServed) {
                now.served(connection, time);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
        connections.forEach(Connection::close);
    }
}
