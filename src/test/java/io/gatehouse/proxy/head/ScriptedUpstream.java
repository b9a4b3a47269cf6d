package io.gatehouse.proxy.head;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * An upstream that keeps each request as the bytes it came in, and responds with bytes. It reads a body by Content-Length or
 * chunks, and takes whatever follows for the next request, as any upstream does.
 */
public final class ScriptedUpstream implements AutoCloseable {
    public static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** At the end of a response: the connection ends with it. */
    public static final String CLOSE = "\0";

    private final ServerSocket listener;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> carriers = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private volatile UnaryOperator<String> behaviour = request -> OK;

    public ScriptedUpstream() throws IOException {
        listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "scripted-upstream");
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** From now on responds to each request with the bytes made from it, and closes the connection after {@link #CLOSE}. */
    public void behave(UnaryOperator<String> newBehaviour) {
        behaviour = newBehaviour;
    }

    /** All requests so far, byte by byte. */
    public List<String> requests() {
        return requests;
    }

    /** The connection that each of the requests came over. */
    public List<Socket> carriers() {
        return carriers;
    }

    public void invalidate() {
        requests.clear();
        carriers.clear();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                connections.add(socket);
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            for (String request = read(in); !request.isEmpty(); request = read(in)) {
                carriers.add(socket);
                requests.add(request);
                String response = behaviour.apply(request);
                socket.getOutputStream().write(response.replace(CLOSE, "").getBytes(StandardCharsets.ISO_8859_1));
                if (response.endsWith(CLOSE)) {
                    return;
                }
            }
        } catch (IOException reset) {
            // The gateway's right.
        }
    }

    private static String read(InputStream in) throws IOException {
        String head = until(in, "\r\n\r\n");
        String lower = head.toLowerCase(Locale.ROOT);
        if (lower.contains("\r\ntransfer-encoding: chunked")) {
            StringBuilder body = new StringBuilder();
            String size;
            do {
                size = until(in, "\r\n");
                body.append(size);
                int length = size.isEmpty() ? 0 : Integer.parseInt(size.strip(), 16);
                body.append(length == 0 ? until(in, "\r\n") : bytes(in, length + 2));
                while (length == 0 && !body.toString().endsWith("\r\n\r\n") && !size.isEmpty()) {
                    body.append(until(in, "\r\n"));
                }
                size = length == 0 ? "" : size;
            } while (!size.isEmpty());
            return head + body;
        }
        int announced = lower.indexOf("\r\ncontent-length: ");
        if (announced < 0) {
            return head;
        }
        int from = announced + "\r\ncontent-length: ".length();
        return head + bytes(in, Integer.parseInt(head.substring(from, head.indexOf('\r', from))));
    }

    private static String until(InputStream in, String end) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        while (!read.toString(StandardCharsets.ISO_8859_1).endsWith(end)) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            read.write(next);
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    private static String bytes(InputStream in, int count) throws IOException {
        return new String(in.readNBytes(count), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : connections) {
            socket.close();
        }
    }
}
