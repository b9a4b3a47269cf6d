package io.gatehouse.proxy.stream;

import static io.gatehouse.proxy.stream.StreamNode.PLAIN;
import static io.gatehouse.proxy.stream.StreamNode.TLS;
import static io.gatehouse.proxy.stream.StreamNode.assertClosed;
import static io.gatehouse.proxy.stream.StreamNode.assertEchoes;
import static io.gatehouse.proxy.stream.StreamNode.subject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.telemetry.StreamEntry;
import io.gatehouse.testing.Pem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS that ends at the gateway, at the upstream, or at both (docs/reference/proxy.md#connections). */
class TlsRouteTest {
    private static final String UPSTREAM = "CN=upstream.test";

    private static StreamNode node;
    private static TcpUpstream echo;
    private static TcpUpstream tlsEcho;

    @BeforeAll
    static void start() {
        node = new StreamNode();
        echo = TcpUpstream.start(TcpUpstream::echo);
        tlsEcho = TcpUpstream.startTls("upstream", TcpUpstream::echo);
    }

    @AfterAll
    static void stop() {
        node.close();
        echo.close();
        tlsEcho.close();
    }

    @AfterEach
    void reset() {
        node.reset();
    }

    private static void certificate(String name, String... snis) {
        node.create(
                "certificates",
                new JsonObject()
                        .put("cert", Pem.read(name + ".pem"))
                        .put("key", Pem.read(name + ".key"))
                        .put("snis", new JsonArray(List.of(snis))));
    }

    private static JsonObject authority() {
        return node.create("ca_certificates", new JsonObject().put("cert", Pem.read("authority.pem")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theServerNameSelectsTheCertificateAndTheRoute(String version) throws IOException {
        certificate("rsa", "rsa.test", "*.wild.test");
        certificate("ec", "ec.test");
        node.named(node.service("tcp", echo.port()), "tls", "rsa.test", "*.wild.test");
        try (TcpUpstream other = TcpUpstream.start(
                connection -> connection.getOutputStream().write("other".getBytes(StandardCharsets.US_ASCII)))) {
            node.named(node.service("tcp", other.port()), "tls", "ec.test");
            for (String name : List.of("rsa.test", "RSA.test", "a.b.wild.test", "a.wild.test")) {
                try (SSLSocket client = node.connectTls(name, version)) {
                    // A certificate's wildcard stands for one label, and a Route's for several.
                    assertThat(subject(client))
                            .isEqualTo(name.equals("a.b.wild.test") ? "CN=localhost" : "CN=rsa.test");
                    assertEchoes(client);
                }
            }
            try (SSLSocket client = node.connectTls("ec.test", version)) {
                assertThat(subject(client)).isEqualTo("CN=ec.test");
                assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("other");
                // In TLS 1.3 the client may still send.
                StreamNode.leave(client);
                StreamEntry entry = node.lines.of(client);
                assertThat(entry.protocol()).isEqualTo("tls");
                assertThat(entry.serverName()).isEqualTo("ec.test");
                assertThat(entry.sentBytes()).isEqualTo(5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aRouteOfTcpIsServedBehindTls(String version) throws IOException {
        node.route(node.service("tcp", echo.port()), TLS, "tcp");
        try (SSLSocket client = node.connectTls("", version)) {
            assertThat(subject(client)).isEqualTo("CN=localhost");
            assertEchoes(client);
        }
    }

    @Test
    void inTls13AClientThatEndsItsOutputReceivesTheResponse() throws IOException {
        try (TcpUpstream counter = TcpUpstream.start(connection -> {
            int length = connection.getInputStream().readAllBytes().length;
            connection.getOutputStream().write(String.valueOf(length).getBytes(StandardCharsets.US_ASCII));
        })) {
            node.route(node.service("tcp", counter.port()), TLS, "tls");
            try (SSLSocket client = node.connectTls("", "TLSv1.3")) {
                client.getOutputStream().write(new byte[300_000]);
                client.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("300000");
            }
        }
    }

    @Test
    void withoutARouteThereIsNoHandshake() throws IOException {
        int before = echo.accepted();
        node.named(node.service("tcp", echo.port()), "tls", "rsa.test");
        try (SSLSocket client = node.connectTls("other.test", "TLSv1.3")) {
            assertThatThrownBy(client::startHandshake).isInstanceOf(IOException.class);
            StreamEntry entry = node.lines.of(client);
            assertThat(entry.end()).isEqualTo("no_route");
            assertThat(entry.serverName()).isEqualTo("other.test");
        }
        assertThat(echo.accepted()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aPassedConnectionReachesTheUpstreamAsItIs(String version) throws IOException {
        certificate("rsa", "pass.test");
        for (String protocol : List.of("tcp", "tls", "tls_passthrough")) {
            JsonObject route = node.named(node.service(protocol, tlsEcho.port()), "tls_passthrough", "pass.test");
            try (SSLSocket client = node.connectTls("pass.test", version)) {
                assertThat(subject(client)).isEqualTo(UPSTREAM);
                assertEchoes(client);
                StreamNode.leave(client);
                StreamEntry entry = node.lines.of(client);
                assertThat(entry.protocol()).isEqualTo("tls_passthrough");
                assertThat(entry.serverName()).isEqualTo("pass.test");
                assertThat(entry.end()).isIn("closed", "reset");
            }
            node.gatehouse
                    .admin(
                            "PATCH",
                            "/routes/" + route.getString("id"),
                            new JsonObject().put("snis", new JsonArray().add("x.test")))
                    .isStatus(200);
        }
    }

    @Test
    void aPassedClientHelloIsUnchanged() throws IOException {
        byte[] hello = Hello.of("pass.test");
        try (TcpUpstream recorder = TcpUpstream.start(connection -> {
            byte[] seen = connection.getInputStream().readNBytes(hello.length + 3);
            connection.getOutputStream().write(seen);
        })) {
            node.named(node.service("tls_passthrough", recorder.port()), "tls_passthrough", "pass.test");
            try (Socket client = node.connect(TLS)) {
                client.getOutputStream().write(hello);
                // These follow the ClientHello, in the same read or in another one.
                client.getOutputStream().write(new byte[] {1, 2, 3});
                byte[] seen = client.getInputStream().readNBytes(hello.length + 3);
                assertThat(seen).startsWith(hello).endsWith(1, 2, 3).hasSize(hello.length + 3);
            }
        }
    }

    @Test
    void aServiceForPassedConnectionsReceivesNoClearText() throws IOException {
        int before = tlsEcho.accepted();
        node.route(node.service("tls_passthrough", tlsEcho.port()), TLS, "tls");
        node.route(node.service("tls_passthrough", tlsEcho.port()), PLAIN, "tcp");
        try (SSLSocket client = node.connectTls("", "TLSv1.3");
                Socket plain = node.connect(PLAIN)) {
            assertThatThrownBy(client::startHandshake).isInstanceOf(IOException.class);
            assertClosed(plain);
            assertThat(node.lines.of(client).end()).isEqualTo("not_served");
            assertThat(node.lines.of(plain).end()).isEqualTo("not_served");
        }
        assertThat(tlsEcho.accepted()).isEqualTo(before);
    }

    private static JsonObject verifying(String host, JsonObject authority) {
        return new JsonObject()
                .put("protocol", "tls")
                .put("host", host)
                .put("port", tlsEcho.port())
                .put("retries", 0)
                .put("tls_verify", true)
                .put("ca_certificates", new JsonArray().add(authority.getString("id")));
    }

    @Test
    void anUpstreamWithAVerifiedCertificateIsServed() throws IOException {
        node.route(node.service(verifying("localhost", authority())), PLAIN, "tcp");
        try (Socket client = node.connect(PLAIN)) {
            assertEchoes(client);
        }
    }

    @Test
    void anUpstreamWhoseCertificateNamesAnotherHostReceivesNoByte() throws IOException {
        node.route(node.service(verifying("127.0.0.1", authority())), PLAIN, "tcp");
        try (Socket client = node.connect(PLAIN)) {
            client.getOutputStream().write(1);
            assertClosed(client);
            assertThat(node.lines.of(client).end()).isEqualTo("unreachable");
        }
    }

    @Test
    void withoutVerificationAnyCertificateIsAccepted() throws IOException {
        node.route(node.service("tls", tlsEcho.port()), TLS, "tls");
        try (SSLSocket client = node.connectTls("", "TLSv1.3")) {
            assertThat(subject(client)).isEqualTo("CN=localhost");
            assertEchoes(client);
        }
    }
}
