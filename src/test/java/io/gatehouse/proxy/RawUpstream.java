package io.gatehouse.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server whose responses no HTTP server would send. It has one thread for each connection. */
public final class RawUpstream implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    /** Those that carry a WebSocket. */
    private final List<Socket> joined = new CopyOnWriteArrayList<>();

    private final BlockingQueue<Socket> tunnels = new LinkedBlockingQueue<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private volatile Behaviour behaviour = this::agree;

    /** Handles a request whose head has come. */
    public interface Behaviour {
        void handle(String head, Socket socket) throws IOException;
    }

    public RawUpstream() {
        try {
            server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        start(this::accept);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "raw upstream");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setSoTimeout(TIMEOUT_MILLIS);
                sockets.add(socket);
                start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket socket) {
        try {
            for (String head = head(socket); head != null; head = head(socket)) {
                heads.add(head);
                behaviour.handle(head, socket);
                if (joined.contains(socket)) {
                    return;
                }
            }
        } catch (IOException closed) {
            // By the gateway, or by the test.
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    public void behave(Behaviour newBehaviour) {
        behaviour = newBehaviour;
    }

    /** Responds with these bytes to every request. */
    public void respond(String response) {
        behave((head, socket) -> write(socket, response));
    }

    /** How many connections there have been. */
    public int connections() {
        return sockets.size();
    }

    /** The heads of the requests so far. */
    public List<String> heads() {
        return heads;
    }

    /** Agrees to a WebSocket; the connection is {@link #tunnel}'s then. */
    public void agree(String head, Socket socket) throws IOException {
        write(socket, agreement(head));
        joined(socket);
    }

    /** No request follows on the connection, which is {@link #tunnel}'s. */
    public void joined(Socket socket) {
        joined.add(socket);
        tunnels.add(socket);
    }

    public static String agreement(String head) {
        return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                + accept(header(head, "sec-websocket-key")) + "\r\nX-From: upstream\r\n\r\n";
    }

    /** The upstream's side of the next WebSocket. */
    public Socket tunnel() {
        try {
            Socket socket = tunnels.poll(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            if (socket == null) {
                throw new IllegalStateException("no WebSocket came");
            }
            return socket;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String header(String head, String name) {
        return head.lines()
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst()
                .orElse("");
    }

    public static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void write(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The next head; null if the connection ended before one began. */
    public static @Nullable String head(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** So many bytes, or fewer if the connection ended. */
    public static String read(Socket socket, int length) throws IOException {
        return new String(socket.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
