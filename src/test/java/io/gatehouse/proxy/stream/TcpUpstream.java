package io.gatehouse.proxy.stream;

import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/** An upstream of connections. A thread of its own serves each one. */
final class TcpUpstream implements AutoCloseable {
    /** Serves one connection, which is closed afterwards. */
    interface Service {
        void serve(Socket connection) throws IOException;
    }

    private final ServerSocket server;
    private final Service service;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    private TcpUpstream(ServerSocket server, Service service) {
        this.server = server;
        this.service = service;
        daemon(this::accept);
    }

    static TcpUpstream start(Service service) {
        try {
            return new TcpUpstream(new ServerSocket(0, 128, InetAddress.getLoopbackAddress()), service);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts an upstream that presents a certificate of the tests. */
    static TcpUpstream startTls(String certificate, Service service) {
        Vertx vertx = Vertx.vertx();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new PemKeyCertOptions()
                            .setCertPath("src/test/resources/tls/" + certificate + ".pem")
                            .setKeyPath("src/test/resources/tls/" + certificate + ".key")
                            .getKeyManagerFactory(vertx)
                            .getKeyManagers(),
                    null,
                    null);
            return new TcpUpstream(
                    context.getServerSocketFactory().createServerSocket(0, 128, InetAddress.getLoopbackAddress()),
                    service);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            vertx.close();
        }
    }

    /** Sends back what it receives, and ends its output behind the client's. */
    static void echo(Socket connection) throws IOException {
        connection.getInputStream().transferTo(connection.getOutputStream());
        connection.shutdownOutput();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "upstream of a test");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                open.add(connection);
                accepted.incrementAndGet();
                daemon(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            service.serve(connection);
        } catch (IOException left) {
            // The gateway closed the connection.
        } finally {
            open.remove(connection);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    int accepted() {
        return accepted.get();
    }

    int open() {
        return open.size();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket connection : open) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
