package io.gatehouse.fuzz;

import io.gatehouse.fuzz.wire.ParsedRequest;
import io.gatehouse.fuzz.wire.RequestReader;
import io.gatehouse.fuzz.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * Serves as the upstream: reads the gateway's bytes with {@link RequestReader}, passes each request with its bytes to the
 * listener, and responds with the request's marker.
 */
final class Recorder implements AutoCloseable {
    private static final int EVERY_SO_MANY_IS_CHUNKED = 8;

    private final ServerSocket server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong answers = new AtomicLong();
    private final BiConsumer<Recorded, ParsedRequest> listener;

    /**
     * Holds the bytes of one request.
     *
     * @param connection number of the gateway's connection
     */
    record Recorded(long connection, String bytes) {}

    /** The listener receives each request. The last of a connection may be malformed or incomplete. */
    Recorder(BiConsumer<Recorded, ParsedRequest> listener) throws IOException {
        this.listener = listener;
        start("recorder", this::accept);
    }

    private static void start(String name, Runnable action) {
        Thread thread = new Thread(action, name);
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                long number = connections.incrementAndGet();
                start("recorder-" + number, () -> serve(socket, number));
            }
        } catch (IOException closed) {
            // the run has ended
        }
    }

    private void serve(Socket socket, long number) {
        try (socket) {
            converse(number, socket.getInputStream(), socket.getOutputStream());
        } catch (IOException reset) {
            // the gateway aborts a request by a reset
        } finally {
            open.remove(socket);
        }
    }

    private void converse(long number, InputStream in, OutputStream out) throws IOException {
        byte[] chunk = new byte[16 * 1024];
        String pending = "";
        boolean told = false;
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            pending += Wire.text(chunk, n);
            ParsedRequest request = RequestReader.read(pending, 0);
            while (request.isWhole()) {
                listener.accept(new Recorded(number, pending.substring(0, request.end())), request);
                out.write(Wire.bytes(answer(request)));
                pending = pending.substring(request.end());
                told = false;
                request = RequestReader.read(pending, 0);
            }
            if (request.verdict() == ParsedRequest.Verdict.MALFORMED) {
                listener.accept(new Recorded(number, pending), request);
                return;
            }
            if (!told && !request.values("expect").isEmpty()) {
                told = true;
                out.write(Wire.bytes("HTTP/1.1 100 Continue\r\n\r\n"));
            }
        }
        if (!pending.isEmpty()) {
            listener.accept(new Recorded(number, pending), RequestReader.read(pending, 0));
        }
    }

    private String answer(ParsedRequest request) {
        String marker = String.valueOf(request.marker());
        StringBuilder answer = new StringBuilder("HTTP/1.1 200 OK\r\nX-Marker: ")
                .append(marker)
                .append("\r\n");
        if (answers.incrementAndGet() % EVERY_SO_MANY_IS_CHUNKED == 0) {
            answer.append("Transfer-Encoding: chunked\r\n\r\n");
            return request.method().equals("HEAD")
                    ? answer.toString()
                    : answer + Integer.toHexString(marker.length()) + "\r\n" + marker + "\r\n0\r\n\r\n";
        }
        answer.append("Content-Length: ").append(marker.length()).append("\r\n\r\n");
        return request.method().equals("HEAD") ? answer.toString() : answer + marker;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : List.copyOf(open)) {
            socket.close();
        }
    }
}
