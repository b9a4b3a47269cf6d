package io.gatehouse.proxy.stream;

import static io.gatehouse.proxy.stream.StreamNode.PLAIN;
import static io.gatehouse.proxy.stream.StreamNode.assertClosed;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.FullListener;
import io.gatehouse.testing.Pem;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How connections reach their upstream (docs/reference/proxy.md#connections). */
class StreamUpstreamTest {
    private static final int CONNECTIONS = 12;

    private static StreamNode node;

    @BeforeAll
    static void start() {
        node = new StreamNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @AfterEach
    void reset() {
        node.reset();
    }

    private static TcpUpstream greeter(String name) {
        return TcpUpstream.start(
                connection -> connection.getOutputStream().write(name.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String greeting() throws IOException {
        try (Socket client = node.connect(PLAIN)) {
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** All connections of the tests have one address, and a connection has no header that could be hashed. */
    @ParameterizedTest
    @CsvSource({"ip, none, 1", "header, ip, 1", "header, none, 3"})
    void consistentHashingUsesTheClientsAddressWhereItIsConfigured(String hashOn, String fallback, int reached)
            throws IOException {
        JsonObject upstream = new JsonObject()
                .put("name", "hashed.test")
                .put("algorithm", "consistent-hashing")
                .put("hash_on", hashOn)
                .put("hash_fallback", fallback);
        if (hashOn.equals("header")) {
            upstream.put("hash_on_header", "X-Client");
        }
        String targets = "/upstreams/" + node.create("upstreams", upstream).getString("id") + "/targets";
        try (TcpUpstream one = greeter("one");
                TcpUpstream two = greeter("two");
                TcpUpstream three = greeter("three")) {
            for (TcpUpstream target : List.of(one, two, three)) {
                node.gatehouse.create(targets, new JsonObject().put("target", "127.0.0.1:" + target.port()));
            }
            node.route(
                    node.service(new JsonObject()
                            .put("protocol", "tcp")
                            .put("host", "hashed.test")
                            .put("port", 1)),
                    PLAIN,
                    "tcp");
            Set<String> greetings = new HashSet<>();
            for (int i = 0; i < CONNECTIONS * reached; i++) {
                greetings.add(greeting());
            }
            assertThat(greetings).hasSize(reached).isSubsetOf("one", "two", "three");
        }
    }

    @Test
    void anUpstreamThatDoesNotAcceptEndsTheConnectionAfterConnectTimeout() throws IOException {
        try (FullListener silent = new FullListener()) {
            node.route(
                    node.service(new JsonObject()
                            .put("protocol", "tcp")
                            .put("host", "127.0.0.1")
                            .put("port", silent.port())
                            .put("connect_timeout", 300)
                            .put("retries", 0)),
                    PLAIN,
                    "tcp");
            try (Socket client = node.connect(PLAIN)) {
                assertClosed(client);
                assertThat(node.lines.of(client).end()).isEqualTo("connect_timeout");
            }
        }
    }

    @Test
    void anUpstreamReceivesTheClientCertificateOfItsService() throws IOException {
        JsonObject certificate = node.create(
                "certificates",
                new JsonObject().put("cert", Pem.read("client.pem")).put("key", Pem.read("client.key")));
        try (TcpUpstream mutual = TcpUpstream.startMutualTls("upstream", connection -> {
            SSLSocket tls = (SSLSocket) connection;
            tls.startHandshake();
            tls.getOutputStream()
                    .write(tls.getSession().getPeerPrincipal().getName().getBytes(StandardCharsets.US_ASCII));
        })) {
            JsonObject service = new JsonObject()
                    .put("protocol", "tls")
                    .put("host", "127.0.0.1")
                    .put("port", mutual.port());
            node.route(
                    node.service(service.copy()
                            .put("client_certificate", new JsonObject().put("id", certificate.getString("id")))),
                    PLAIN,
                    "tcp");
            assertThat(greeting()).isEqualTo("CN=gateway");
            node.reset();

            node.route(node.service(service), PLAIN, "tcp");
            try (Socket client = node.connect(PLAIN)) {
                assertClosed(client);
            }
        }
    }
}
