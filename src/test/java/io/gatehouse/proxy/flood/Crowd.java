package io.gatehouse.proxy.flood;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Many clients that begin alike and then read nothing; between two bytes of a trickle each of them is silent. */
final class Crowd implements AutoCloseable {
    /** Little, so that the node has to keep what they do not read. */
    private static final int RECEIVE_BUFFER = 4_096;

    private static final long TRICKLE_MILLIS = 250;

    private final List<Socket> sockets = new ArrayList<>();
    private final ScheduledExecutorService clock = new ScheduledThreadPoolExecutor(1);
    private Future<?> trickling = CompletableFuture.completedFuture(null);

    /** Returns when each is connected. */
    Crowd(int port, int size) throws IOException {
        for (int i = 0; i < size; i++) {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.setReceiveBufferSize(RECEIVE_BUFFER);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
    }

    /** Each sends its beginning, and from then on the trickle, time after time. */
    void begin(byte[] beginning, byte[] trickle) throws IOException {
        for (Socket socket : sockets) {
            socket.getOutputStream().write(beginning);
        }
        if (trickle.length > 0) {
            trickling = clock.scheduleAtFixedRate(
                    () -> trickle(trickle), TRICKLE_MILLIS, TRICKLE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void trickle(byte[] bytes) {
        for (Socket socket : sockets) {
            try {
                socket.getOutputStream().write(bytes);
            } catch (IOException closed) {
                // By the node, which is what the test is about.
            }
        }
    }

    @Override
    public void close() {
        trickling.cancel(false);
        clock.shutdownNow();
        try {
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
