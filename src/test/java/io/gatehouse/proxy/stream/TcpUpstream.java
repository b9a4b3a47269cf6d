package io.gatehouse.proxy.stream;

import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** An upstream of connections. A thread of its own serves each one. */
public final class TcpUpstream implements AutoCloseable {
    /** Serves one connection, which is closed afterwards. */
    public interface Service {
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
    public static TcpUpstream startTls(String certificate, Service service) {
        return new TcpUpstream(listenTls(certificate), service);
    }

    /** Starts an upstream that requires a certificate of the tests' authority as well. */
    static TcpUpstream startMutualTls(String certificate, Service service) {
        SSLServerSocket server = listenTls(certificate);
        server.setNeedClientAuth(true);
        return new TcpUpstream(server, service);
    }

    private static SSLServerSocket listenTls(String certificate) {
        String directory = "src/test/resources/tls/";
        Vertx vertx = Vertx.vertx();
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new PemKeyCertOptions()
                            .setCertPath(directory + certificate + ".pem")
                            .setKeyPath(directory + certificate + ".key")
                            .getKeyManagerFactory(vertx)
                            .getKeyManagers(),
                    new PemTrustOptions()
                            .addCertPath(directory + "authority.pem")
                            .getTrustManagerFactory(vertx)
                            .getTrustManagers(),
                    null);
            return (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 128, InetAddress.getLoopbackAddress());
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

    public int port() {
        return server.getLocalPort();
    }

    public int accepted() {
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
