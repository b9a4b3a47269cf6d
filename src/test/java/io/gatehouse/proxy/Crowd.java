package io.gatehouse.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
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

    /** Returns when each is connected and has sent its beginning. */
    Crowd(int port, int size, byte[] beginning, byte[] trickle) throws IOException {
        for (int i = 0; i < size; i++) {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.setReceiveBufferSize(RECEIVE_BUFFER);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.getOutputStream().write(beginning);
        }
        if (trickle.length > 0) {
            clock.scheduleAtFixedRate(() -> trickle(trickle), TRICKLE_MILLIS, TRICKLE_MILLIS, TimeUnit.MILLISECONDS);
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
