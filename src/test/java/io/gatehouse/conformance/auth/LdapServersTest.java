package io.gatehouse.conformance.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Scrape;
import io.gatehouse.testing.TcpRelay;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests ldap-auth with servers that are unreachable or unresponsive, and with connections that a server closes. */
class LdapServersTest extends LdapFixture {
    @BeforeEach
    void listen() {
        replaceDirectory();
    }

    @Test
    void aServerThatIsAway_costsItsOwnRequestsOnly() {
        String path = api.protectedBy(
                "ldap-auth", DirectoryServer.config(FreePort.next()).put("anonymous", api.consumer()));
        isUnavailable(as(path, "anna:p"));
        as(api.protectedBy("ldap-auth", directory.config()), "anna:p").isStatus(200);
        api.gatehouse.get(path).isStatus(200);
    }

    @Test
    void aRequestThatThePluginCannotServeIsCounted() {
        String path = api.protectedBy("ldap-auth", DirectoryServer.config(FreePort.next()));
        double before = failures();
        isUnavailable(as(path, "anna:p"));
        api.gatehouse.get(path).isStatus(401);
        await().untilAsserted(() -> assertThat(failures()).isEqualTo(before + 1));
    }

    private static double failures() {
        return Scrape.of(api.gatehouse).sum("gatehouse_plugin_failures_total", "plugin", "ldap-auth");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aServerThatDoesNotCompleteTls_timesOut(boolean isLdaps) {
        NetServer silent = fake(client -> {});
        String path = api.protectedBy(
                "ldap-auth",
                DirectoryServer.config(silent.actualPort())
                        .put("timeout", 500)
                        .put(isLdaps ? "ldaps" : "start_tls", true));
        isUnavailable(as(path, "anna:p"));
        Gatehouse.await(silent.close());
    }

    @Test
    void aConnectionThatTheServerHasClosed_isReplaced() {
        try (TcpRelay relay = TcpRelay.to("127.0.0.1", directory.port())) {
            String path = api.protectedBy(
                    "ldap-auth", DirectoryServer.config(relay.port()).put("cache_ttl", 0));
            as(path, "anna:p").isStatus(200);
            relay.cut();
            isUnavailable(as(path, "anna:p"));
            relay.mend();
            as(path, "anna:p").isStatus(200);
        }
    }

    /** A server announces the end of an idle connection in a message of its own (RFC 4511 §4.4.1). */
    @Test
    void aBindThatMeetsANoticeOfDisconnection_isSentOnAnotherConnection() {
        Buffer accepted = Buffer.buffer(HexFormat.of().parseHex("300c02010161070a010004000400"));
        Buffer notice = Buffer.buffer(HexFormat.of()
                .parseHex("302402010078" + "1f0a0134040004008a16312e332e362e312e342e312e313436362e3230303336"));
        AtomicInteger messages = new AtomicInteger();
        NetServer server = fake(client -> {
            if (messages.incrementAndGet() == 2) {
                client.end(notice);
            } else {
                client.write(accepted);
            }
        });
        String path = api.protectedBy(
                "ldap-auth", DirectoryServer.config(server.actualPort()).put("cache_ttl", 0));
        as(path, "anna:p").isStatus(200);
        as(path, "anna:p").isStatus(200);
        assertThat(messages).hasValue(3);
        Gatehouse.await(server.close());
    }
}
