package io.gatehouse.fuzz.parser;

import io.gatehouse.fuzz.wire.ParsedRequest;
import io.gatehouse.fuzz.wire.RequestReader;
import io.gatehouse.fuzz.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** Serves behind nginx: responds with a description of the request that nginx forwards and of its original framing. */
public final class Describer implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());

    public Describer() throws IOException {
        start(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    start(() -> serve(socket));
                }
            } catch (IOException closed) {
                // the run has ended
            }
        });
    }

    private static void start(Runnable action) {
        Thread thread = new Thread(action, "describer");
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return server.getLocalPort();
    }

    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            byte[] chunk = new byte[16 * 1024];
            String pending = "";
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                pending += Wire.text(chunk, n);
                ParsedRequest request = RequestReader.read(pending, 0);
                if (request.isWhole()) {
                    pending = pending.substring(request.end());
                    out.write(
                            Wire.bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Saw: " + saw(request) + "\r\n\r\n"));
                }
            }
        } catch (IOException gone) {
            // nginx closes its idle connections.
        }
    }

    private static String saw(ParsedRequest request) {
        return Wire.hex(request.method())
                + ' '
                + Wire.hex(request.target())
                + ' '
                + Wire.hex(orDash(request.value("host")))
                + ' '
                + orDash(request.value("x-client-length"))
                + ' '
                + orDash(request.value("x-client-coding"))
                + ' '
                + request.body().length()
                + ' '
                + Wire.sha1(Wire.bytes(request.body()));
    }

    private static String orDash(@Nullable String value) {
        return value == null ? "-" : value;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
