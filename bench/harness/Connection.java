package bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kept-alive HTTP/1.1 connection whose requests ask whether a node serves a path.
 *
 * <p><i>Threading</i>: one thread, with one request in flight.
 */
final class Connection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 30_000;
    private static final int LONGEST_RESPONSE = 16_384;
    private static final Pattern HEAD =
            Pattern.compile("HTTP/1\\.1 (\\d{3}).*?\r\ncontent-length: *(\\d+).*?\r\n\r\n", Pattern.DOTALL | Pattern.CASE_INSENSITIVE);
    private static final double NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Socket socket;
    private final byte[] received = new byte[LONGEST_RESPONSE];
    private long sent;

    private Connection(Socket socket) {
        this.socket = socket;
    }

    static Connection to(int port) {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            return new Connection(socket);
        } catch (IOException e) {
            throw new BenchException("no connection to a node", e);
        }
    }

    void send(String path) throws IOException {
        byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
        sent = System.nanoTime();
        socket.getOutputStream().write(request);
    }

    /** Receives the response: true for 200, false for 404. Any other status aborts the run. */
    boolean isServed() throws IOException {
        int length = 0;
        while (true) {
            int count = socket.getInputStream().read(received, length, received.length - length);
            if (count <= 0) {
                throw new BenchException("a node closed the connection, or its response is too long");
            }
            length += count;
            String response = new String(received, 0, length, StandardCharsets.ISO_8859_1);
            Matcher head = HEAD.matcher(response);
            if (head.lookingAt() && length >= head.end() + Integer.parseInt(head.group(2))) {
                return isServed(head.group(1));
            }
        }
    }

    private static boolean isServed(String status) {
        return switch (status) {
            case "200" -> true;
            case "404" -> false;
            default -> throw new BenchException("a node responded with " + status);
        };
    }

    /** Milliseconds since the request was sent. */
    double millisSince(long now) {
        return (now - sent) / NANOS_PER_MILLI;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new BenchException("a connection was not closed", e);
        }
    }
}
