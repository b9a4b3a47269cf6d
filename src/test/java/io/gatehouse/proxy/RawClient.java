package io.gatehouse.proxy;

import io.gatehouse.testing.Gatehouse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** Sends bytes as they are, for requests that no HTTP client would write. */
public final class RawClient {
    private static final int TIMEOUT_MILLIS = 5_000;

    private RawClient() {}

    /**
     * The bytes received until the gateway closed the connection.
     *
     * @param text everything read
     * @param closed whether the gateway closed the connection, rather than the time being over
     */
    public record Answer(String text, boolean closed) {
        public String statusLine() {
            return text.lines().findFirst().orElse("");
        }

        public int status() {
            String[] words = statusLine().split(" ", 3);
            return words.length < 2 ? 0 : Integer.parseInt(words[1]);
        }
    }

    public static Answer send(Gatehouse gatehouse, String request) {
        return send(gatehouse.node().port("proxy.http"), request);
    }

    public static Answer send(int port, String request) {
        return send(port, request, false);
    }

    /** Returns the first bytes, without waiting for the gateway to close the connection. */
    public static Answer first(Gatehouse gatehouse, String request) {
        return send(gatehouse.node().port("proxy.http"), request, true);
    }

    private static Answer send(int port, String request, boolean first) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            boolean closed = read(socket.getInputStream(), all, first);
            return new Answer(all.toString(StandardCharsets.ISO_8859_1), closed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean read(InputStream in, ByteArrayOutputStream all, boolean first) throws IOException {
        byte[] chunk = new byte[8192];
        try {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                all.write(chunk, 0, n);
                if (first) {
                    return false;
                }
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
