package io.gatehouse.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Opens a port with a full queue, so that the system ignores connections: the port exists and does not respond. */
public final class FullListener implements AutoCloseable {
    private static final int MOST = 16;
    private static final int CONNECT_MILLIS = 200;

    private final ServerSocket server;
    private final List<Socket> sockets = new ArrayList<>();

    public FullListener() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        while (sockets.size() < MOST) {
            Socket socket = new Socket();
            sockets.add(socket);
            try {
                socket.connect(server.getLocalSocketAddress(), CONNECT_MILLIS);
            } catch (SocketTimeoutException full) {
                return;
            }
        }
        close();
        throw new IOException("this system's queues do not fill up");
    }

    public int port() {
        return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.close();
    }
}
