package io.gatehouse.fuzz;

import io.gatehouse.fuzz.Misbehaviours.Ending;
import io.gatehouse.fuzz.Misbehaviours.Misbehaviour;
import io.gatehouse.fuzz.wire.ParsedRequest;
import io.gatehouse.fuzz.wire.RequestReader;
import io.gatehouse.fuzz.wire.Wire;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Responds to each request with the misbehaviour that its target names: {@code /open/<marker>/<number>}. */
final class HostileUpstream implements AutoCloseable {
    private static final Pattern TARGET = Pattern.compile("/open/(m\\d+-\\d+)/(\\d+)");

    private final ServerSocket server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<Misbehaviour> ways;

    HostileUpstream(List<Misbehaviour> ways) throws IOException {
        this.ways = ways;
        start(this::accept);
    }

    private static void start(Runnable action) {
        Thread thread = new Thread(action, "hostile upstream");
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
                start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the run has ended
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            converse(socket);
        } catch (IOException gone) {
            // the gateway closes a connection that it cannot reuse
        } finally {
            open.remove(socket);
        }
    }

    private void converse(Socket socket) throws IOException {
        byte[] chunk = new byte[16 * 1024];
        String pending = "";
        boolean responded = false;
        for (int n = socket.getInputStream().read(chunk);
                n >= 0;
                n = socket.getInputStream().read(chunk)) {
            pending += Wire.text(chunk, n);
            boolean isWhole;
            do {
                ParsedRequest request = RequestReader.read(pending, 0);
                if (request.verdict() == ParsedRequest.Verdict.MALFORMED) {
                    return;
                }
                isWhole = request.isWhole();
                Matcher target = TARGET.matcher(request.target());
                if (!responded && target.lookingAt()) {
                    Misbehaviour way = ways.get(Integer.parseInt(target.group(2)));
                    if (isWhole || way.early()) {
                        responded = true;
                        if (!respond(socket, way, target.group(1), request.method())) {
                            return;
                        }
                    }
                }
                if (isWhole) {
                    pending = pending.substring(request.end());
                    responded = false;
                }
                // The rest of a body may arrive with the next request.
            } while (isWhole && !pending.isEmpty());
        }
    }

    /** Responds in one write, so that excess bytes arrive with the response. Returns false if the connection has ended. */
    private static boolean respond(Socket socket, Misbehaviour way, String marker, String method) throws IOException {
        String bytes = way.bytes().apply(marker);
        boolean excess = way.name().contains("excess") || way.ending() != Ending.STAYS_OPEN;
        if (method.equals("HEAD") && !excess && !way.name().endsWith("with a body")) {
            bytes = withoutBody(bytes);
        }
        OutputStream out = socket.getOutputStream();
        out.write(Wire.bytes(bytes));
        if (way.ending() == Ending.RESETS) {
            socket.setSoLinger(true, 0);
        }
        return way.ending() == Ending.STAYS_OPEN;
    }

    /** Returns the bytes up to the end of the last head. */
    private static String withoutBody(String bytes) {
        int head = bytes.indexOf("\r\n\r\n", bytes.lastIndexOf("HTTP/1."));
        return head < 0 ? bytes : bytes.substring(0, head + 4);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : List.copyOf(open)) {
            socket.close();
        }
    }
}
