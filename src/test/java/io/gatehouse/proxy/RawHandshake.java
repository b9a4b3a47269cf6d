package io.gatehouse.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The client's side of a WebSocket, byte by byte. */
public final class RawHandshake {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private RawHandshake() {}

    /** A handshake with these further header lines. */
    public static String request(String path, String... lines) {
        StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: a\r\n"
                + "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: " + KEY + "\r\n");
        for (String line : lines) {
            head.append(line).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    public static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    /** A connection whose handshake the upstream has agreed to. */
    public static Socket open(int port, String path) throws IOException {
        Socket socket = connect(port);
        RawUpstream.write(socket, request(path));
        String head = RawUpstream.head(socket);
        if (head == null || !head.startsWith("HTTP/1.1 101 ")) {
            socket.close();
            throw new IOException("no WebSocket: " + head);
        }
        return socket;
    }

    /** Everything until the gateway closes the connection. */
    public static String exchange(int port, String request) throws IOException {
        try (Socket socket = connect(port)) {
            RawUpstream.write(socket, request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
