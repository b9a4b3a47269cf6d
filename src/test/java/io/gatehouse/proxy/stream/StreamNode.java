package io.gatehouse.proxy.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.StreamListener;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A node with a stream listener in clear text and one with TLS, and clients of both. */
final class StreamNode implements AutoCloseable {
    static final int PLAIN = 0;
    static final int TLS = 1;
    private static final int TIMEOUT_MILLIS = 30_000;

    final Gatehouse gatehouse;
    final StreamLines lines = new StreamLines();
    private final List<String> created = new ArrayList<>();

    StreamNode() {
        this(config());
    }

    StreamNode(GatehouseConfig config) {
        gatehouse = Gatehouse.start(config);
    }

    static GatehouseConfig config() {
        GatehouseConfig config = Gatehouse.config(TestDatabase.create(), List.of());
        ListenAddress any = new ListenAddress("127.0.0.1", 0);
        return config.withProxy(
                config.proxy().withStreams(List.of(new StreamListener(any, false), new StreamListener(any, true))));
    }

    int port(int listener) {
        return gatehouse.node().port(StreamVerticle.KEY + "." + listener);
    }

    /** Creates an entity that {@link #reset} deletes. */
    JsonObject create(String collection, JsonObject entity) {
        JsonObject made = gatehouse.create("/" + collection, entity);
        created.add("/" + collection + "/" + made.getString("id"));
        return made;
    }

    /** Deletes what the test has created, the newest first. */
    void reset() {
        for (int i = created.size() - 1; i >= 0; i--) {
            gatehouse.admin("DELETE", created.get(i)).isStatus(204);
        }
        created.clear();
    }

    JsonObject service(String protocol, int port) {
        return service(new JsonObject()
                .put("protocol", protocol)
                .put("host", "127.0.0.1")
                .put("port", port));
    }

    JsonObject service(JsonObject service) {
        return create("services", service);
    }

    /** Creates a Route for connections to one of the listeners. */
    JsonObject route(JsonObject service, int listener, String... protocols) {
        return route(
                service,
                new JsonObject()
                        .put("protocols", new JsonArray(List.of(protocols)))
                        .put("destinations", new JsonArray().add(new JsonObject().put("port", port(listener)))));
    }

    JsonObject route(JsonObject service, JsonObject route) {
        return create("routes", route.put("service", new JsonObject().put("id", service.getString("id"))));
    }

    JsonObject named(JsonObject service, String protocol, String... names) {
        return route(
                service,
                new JsonObject()
                        .put("protocols", new JsonArray().add(protocol))
                        .put("snis", new JsonArray(List.of(names))));
    }

    Socket connect(int listener) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(listener));
        lines.expect(socket);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** Connects with TLS. The handshake begins with the first byte. */
    SSLSocket connectTls(String name, String version) throws IOException {
        return overTls(connect(TLS), name, version);
    }

    static SSLSocket overTls(Socket socket, String name, String version) throws IOException {
        SSLSocket tls =
                (SSLSocket) Http.trustingAll().getSocketFactory().createSocket(socket, name, socket.getPort(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setServerNames(name.isEmpty() ? List.of() : List.of(new SNIHostName(name)));
        parameters.setProtocols(new String[] {version});
        tls.setSSLParameters(parameters);
        tls.setSoTimeout(TIMEOUT_MILLIS);
        return tls;
    }

    static SSLEngine engine(String name) {
        SSLEngine engine = Http.trustingAll().createSSLEngine(name, 443);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        engine.setSSLParameters(parameters);
        return engine;
    }

    static String subject(SSLSocket socket) throws IOException {
        socket.startHandshake();
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    /** Sends a line and asserts that it comes back. */
    static void assertEchoes(Socket socket) throws IOException {
        byte[] line = "ping\r\n\0\u00ff".getBytes(StandardCharsets.ISO_8859_1);
        socket.getOutputStream().write(line);
        assertThat(socket.getInputStream().readNBytes(line.length)).isEqualTo(line);
    }

    /** Asserts that the gateway closes the connection, and has sent nothing. */
    static void assertClosed(Socket socket) throws IOException {
        assertThat(readOne(socket)).isEqualTo(-1);
    }

    private static int readOne(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (SocketException reset) {
            return -1;
        }
    }

    /** Closes a client's connection before the end of its test. */
    static void leave(Socket client) throws IOException {
        client.close();
    }

    @Override
    public void close() {
        lines.close();
        gatehouse.close();
    }
}
