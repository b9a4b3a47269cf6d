package io.gatehouse.proxy.flood;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Connections that all do the same to a node; one that the node closes is opened again a moment later. */
final class FloodClients implements AutoCloseable {
    private static final int SOCKET_BUFFER = 64 * 1024;
    private static final long AGAIN_MILLIS = 250;

    private final int port;
    private final Flood flood;
    private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final ScheduledExecutorService threads;

    /** Ends with an exception when the node has closed the connection, or returns and leaves it open. */
    interface Flood {
        void run(Socket connection) throws IOException;
    }

    FloodClients(int port, int size, Flood flood) {
        this.port = port;
        this.flood = flood;
        this.threads = Executors.newScheduledThreadPool(size);
        for (int i = 0; i < size; i++) {
            threads.execute(this::open);
        }
    }

    private void open() {
        Socket connection = new Socket();
        connections.add(connection);
        try {
            connection.setReceiveBufferSize(SOCKET_BUFFER);
            connection.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            opened.incrementAndGet();
            flood.run(connection);
        } catch (IOException closed) {
            again(connection);
        }
    }

    private void again(Socket connection) {
        try {
            connection.close();
            connections.remove(connection);
            var unused = threads.schedule(this::open, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (IOException | RejectedExecutionException over) {
            // The test has ended.
        }
    }

    /** How many connections there were. */
    int opened() {
        return opened.get();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
