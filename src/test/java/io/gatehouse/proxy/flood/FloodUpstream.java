package io.gatehouse.proxy.flood;

import io.gatehouse.proxy.Http2Socket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A misbehaving upstream on bare sockets. All its connections behave alike. */
public final class FloodUpstream implements AutoCloseable {
    private static final int SOCKET_BUFFER = 64 * 1024;
    /** The gateway has closed older ones, which the upstream does not notice. */
    private static final int MOST_CONNECTIONS = 4_000;

    private static final int MOST_OF_A_BODY = 900_000;

    private static final Pattern KEY = Pattern.compile("(?i)\r\nsec-websocket-key: *([^\r]+)");
    private static final String WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final ServerSocket listener;
    private final Behaviour behaviour;
    private final Queue<Socket> connections = new LinkedBlockingQueue<>();

    /** Serves a connection, which stays open after that. */
    public interface Behaviour {
        void serve(Socket connection) throws IOException;
    }

    public FloodUpstream(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        listener = new ServerSocket();
        listener.setReceiveBufferSize(SOCKET_BUFFER);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
        daemon(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                if (connections.size() > MOST_CONNECTIONS) {
                    connections.remove().close();
                }
                // Hundreds of them with the system's buffers would use up what it has for all of its sockets.
                connection.setSendBufferSize(SOCKET_BUFFER);
                daemon(() -> behaviour.serve(connection));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // The gateway has closed the connection, or the test is over.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Reads nothing at all. */
    public static void ignore(Socket connection) {}

    /** Takes a request's head and sends a body without an end. */
    static void flood(Socket connection) throws IOException {
        head(connection.getInputStream());
        OutputStream out = connection.getOutputStream();
        out.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: " + Long.MAX_VALUE + "\r\n\r\n"));
        endless(out, new byte[SOCKET_BUFFER]);
    }

    /** Takes a request's head and sends a JSON body without its end. */
    static void stopInTheMiddle(Socket connection) throws IOException {
        head(connection.getInputStream());
        String head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n";
        connection.getOutputStream().write(ascii(head + "{\"name\":\"" + "x".repeat(MOST_OF_A_BODY)));
    }

    /** Accepts a WebSocket and reads nothing more. */
    public static void acceptAndIgnore(Socket connection) throws IOException {
        upgrade(connection);
    }

    /** Accepts a WebSocket and sends frames without an end. */
    public static void acceptAndFlood(Socket connection) throws IOException {
        upgrade(connection);
        endless(connection.getOutputStream(), frame(false));
    }

    /** Speaks HTTP/2 as far as to open both windows as wide as they go, and reads nothing more. */
    public static void openWindowsAndIgnore(Socket connection) throws IOException {
        connection.getInputStream().readNBytes(24);
        connection.getOutputStream().write(windows());
    }

    /** SETTINGS with the largest INITIAL_WINDOW_SIZE, and a WINDOW_UPDATE of the connection (RFC 9113 §6.9). */
    public static byte[] windows() {
        byte[] most = Http2Socket.number(Integer.MAX_VALUE);
        byte[] more = Http2Socket.number(Integer.MAX_VALUE - 65_535);
        return new byte[] {
            0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, most[0], most[1], most[2], most[3], 0, 0, 4, 8, 0, 0, 0, 0, 0, more[0],
            more[1], more[2], more[3]
        };
    }

    private static void upgrade(Socket connection) throws IOException {
        Matcher key = KEY.matcher(head(connection.getInputStream()));
        if (!key.find()) {
            throw new IOException("no WebSocket handshake");
        }
        connection
                .getOutputStream()
                .write(ascii("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + accept(key.group(1).trim()) + "\r\n\r\n"));
    }

    private static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(ascii(key + WEBSOCKET_GUID));
            return Base64.getEncoder().encodeToString(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A binary message of 64 KiB as one frame (RFC 6455 §5.2); a client's is masked, with zeros. */
    public static byte[] frame(boolean masked) {
        int head = masked ? 14 : 10;
        byte[] frame = new byte[head + SOCKET_BUFFER];
        frame[0] = (byte) 0x82;
        frame[1] = (byte) (masked ? 0xff : 0x7f);
        frame[7] = (byte) (SOCKET_BUFFER >> 16);
        return frame;
    }

    /** Until the connection is closed. */
    public static void endless(OutputStream out, byte[] block) throws IOException {
        while (true) {
            out.write(block);
        }
    }

    /** Reads up to the empty line. */
    public static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("ended within its head");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
