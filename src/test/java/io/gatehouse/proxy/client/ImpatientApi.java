package io.gatehouse.proxy.client;

import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Runs an {@link ImpatientProxy} in front of an upstream, and connects clients that write and read single bytes. */
final class ImpatientApi implements AutoCloseable {
    static final int GIVE_UP_MILLIS = 10_000;
    static final int TRICKLE_MILLIS = 20;
    static final String GET = "GET /api HTTP/1.1\r\nHost: a\r\n\r\n";
    static final String HALF_POST = "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf";

    final Upstream upstream = Upstream.start();
    final ImpatientProxy proxy = new ImpatientProxy(upstream.port());

    ImpatientApi() {
        // The first request of a process takes longer than others; it must not be taken for a slow one.
        await().ignoreExceptions().until(() -> get().join().status() == 200);
    }

    CompletableFuture<Reply> get() {
        return Http.sendAsync(Http.get("http://127.0.0.1:" + proxy.port() + "/api"));
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(GIVE_UP_MILLIS);
        return socket;
    }

    static void write(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Returns all bytes until the gateway closes the connection. */
    static String readToEnd(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Returns the bytes of a head, and of a body of that length. */
    static String readAnswer(Socket socket) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            bytes.write(socket.getInputStream().read());
        }
        String head = bytes.toString(StandardCharsets.ISO_8859_1);
        String length = head.replaceAll("(?is).*content-length: (\\d+).*", "$1");
        socket.getInputStream().readNBytes(Integer.parseInt(length));
        return head;
    }

    /** Returns when the limit of all earlier requests has passed. */
    void outlast() throws IOException {
        try (Socket other = connect()) {
            write(other, GET);
            readAnswer(other);
            readToEnd(other);
        }
    }

    @Override
    public void close() {
        proxy.close();
        upstream.close();
    }
}
