package io.gatehouse.conformance.auth;

import static io.gatehouse.conformance.auth.LdapFixture.ldap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.unboundid.ldap.sdk.ResultCode;
import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.TcpRelay;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests ldap-auth with servers that are away, slow, busy or malicious, and with many requests at once. */
class LdapServersTest {
    /** The pending binds of one server, if no other has any (docs/reference/limits.md). */
    private static final int LIMIT = 1_024;
    /** Longer than the time for which the server holds binds. */
    private static final int PATIENT = 100_000;

    private static final Duration WAIT = Duration.ofSeconds(50);

    private static PluginApi api;
    private DirectoryServer directory;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void listen() {
        directory = DirectoryServer.plain();
        directory.add("anna", "p");
    }

    @AfterEach
    void shutDown() {
        directory.close();
    }

    private static Reply as(String path, String pair) {
        return api.gatehouse.get(path, "Authorization", ldap(pair));
    }

    private static CompletableFuture<Reply> send(String path, String pair) {
        return Http.sendAsync(
                Http.get(api.gatehouse.proxyUrl(path), "Authorization", ldap(pair)), Duration.ofMinutes(2));
    }

    private static List<CompletableFuture<Reply>> sendAtOnce(int number, String path, IntFunction<String> pair) {
        return IntStream.range(0, number)
                .mapToObj(i -> send(path, pair.apply(i)))
                .toList();
    }

    private static void isUnavailable(Reply reply) {
        reply.isMessage(503, "temporarily unavailable");
        assertThat(reply.header("retry-after")).isEqualTo("1");
    }

    /** Starts a server that sends bytes to each client that sends some. */
    private static NetServer fake(Consumer<NetSocket> onMessage) {
        return Gatehouse.await(api.upstream
                .vertx()
                .createNetServer()
                .connectHandler(client -> client.handler(message -> onMessage.accept(client)))
                .listen(0, "127.0.0.1"));
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
        String line = "gatehouse_plugin_failures_total{plugin=\"ldap-auth\"";
        return Http.send(Http.get(api.gatehouse.statusUrl("/metrics")))
                .text()
                .lines()
                .filter(each -> each.startsWith(line))
                .mapToDouble(each -> Double.parseDouble(each.substring(each.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void aServerThatDoesNotRespond_timesOut_andCostsItsOwnRequestsOnly() {
        NetServer silent = fake(client -> {});
        String path = api.protectedBy(
                "ldap-auth", DirectoryServer.config(silent.actualPort()).put("timeout", 1_000));
        // More than may run at the same time: the rest times out while it waits.
        List<CompletableFuture<Reply>> stuck = sendAtOnce(200, path, i -> "user-" + i + ":p");
        as(api.protectedBy("ldap-auth", directory.config()), "anna:p").isStatus(200);
        long before = System.nanoTime();
        stuck.forEach(reply -> isUnavailable(reply.join()));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
        Gatehouse.await(silent.close());
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

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 13, 51, 52, 80})
    void aResultThatDoesNotDependOnThePassword_isNoRejection_andNotCached(int code) {
        String path = api.protectedBy("ldap-auth", directory.config());
        directory.respond(ResultCode.valueOf(code));
        isUnavailable(as(path, "anna:p"));
        directory.respond(null);
        as(path, "anna:p").isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 19, 32, 34, 48, 49, 50, 53})
    void anyOtherResultIsARejection(int code) {
        String path = api.protectedBy("ldap-auth", directory.config());
        directory.respond(ResultCode.valueOf(code));
        as(path, "anna:p").isMessage(401, "Unauthorized");
    }

    @Test
    void requestsWithTheSameCredential_shareOneBind() {
        String path = api.protectedBy("ldap-auth", directory.config().put("timeout", PATIENT));
        directory.hold();
        List<CompletableFuture<Reply>> replies = sendAtOnce(1_000, path, i -> "anna:p");
        await().atMost(WAIT).until(() -> directory.binds() == 1);
        directory.release();
        assertThat(replies).allSatisfy(reply -> reply.join().isStatus(200));
        assertThat(directory.binds()).isEqualTo(1);
    }

    @Test
    void aThousandUsersAtOnce_areServed() {
        String path = api.protectedBy("ldap-auth", directory.config().put("timeout", PATIENT));
        IntStream.range(0, 1_000).forEach(i -> directory.add("user-" + i, "p"));
        List<CompletableFuture<Reply>> replies = sendAtOnce(1_000, path, i -> "user-" + i + ":p");
        for (int i = 0; i < replies.size(); i++) {
            assertThat(replies.get(i).join().isStatus(200).upstreamHeader("x-credential-identifier"))
                    .isEqualTo("user-" + i);
        }
    }

    @Test
    void bindsBeyondTheLimit_get503_whileOtherServersAreUsed() {
        String path = api.protectedBy("ldap-auth", directory.config().put("timeout", PATIENT));
        directory.hold();
        List<CompletableFuture<Reply>> replies = sendAtOnce(LIMIT + 76, path, i -> "user-" + i + ":p");
        await().atMost(WAIT)
                .untilAsserted(() -> assertThat(replies)
                        .filteredOn(CompletableFuture::isDone)
                        .hasSize(76)
                        .allSatisfy(reply -> isUnavailable(reply.join())));
        assertThat(directory.binds()).isLessThanOrEqualTo(64);
        try (DirectoryServer other = DirectoryServer.plain()) {
            other.add("bert", "p");
            as(api.protectedBy("ldap-auth", other.config()), "bert:p").isStatus(200);
        }
        directory.release();
        assertThat(replies).filteredOn(reply -> reply.join().status() == 401).hasSize(LIMIT);
    }

    /** Each is a bind response with the result success, or begins like one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                // Of another message.
                "300c02010961070a010004000400",
                // Of another operation.
                "300c02010165070a010004000400",
                // With a second message behind it.
                "300c02010161070a010004000400300c02010161070a010004000400",
                // Without a length, with a huge one, without a result, and no LDAP.
                "3080",
                "3084ffffffff",
                "30050201016100",
                "485454502f312e3120323030204f4b"
            })
    void aMalformedResponseAcceptsNoPassword(String hex) {
        NetServer malicious =
                fake(client -> client.write(Buffer.buffer(HexFormat.of().parseHex(hex))));
        isUnavailable(as(api.protectedBy("ldap-auth", DirectoryServer.config(malicious.actualPort())), "anna:p"));
        Gatehouse.await(malicious.close());
    }

    @Test
    void aResponseWithLongLengthsAndInParts_isRead() {
        String hex = "3084000000100201016184000000070a010004000400";
        NetServer server = fake(client -> {
            client.write(Buffer.buffer(HexFormat.of().parseHex(hex.substring(0, 6))));
            api.upstream
                    .vertx()
                    .setTimer(
                            50,
                            later -> client.write(Buffer.buffer(HexFormat.of().parseHex(hex.substring(6)))));
        });
        as(api.protectedBy("ldap-auth", DirectoryServer.config(server.actualPort())), "anna:p")
                .isStatus(200);
        Gatehouse.await(server.close());
    }

    @Test
    void clearTextBehindTheResponseToStartTls_closesTheConnection() {
        AtomicInteger messages = new AtomicInteger();
        // Success of StartTLS, and of a bind that the client has not sent yet.
        String hex = "300c02010178070a010004000400" + "300c02010261070a010004000400";
        NetServer malicious = fake(client -> {
            messages.incrementAndGet();
            client.write(Buffer.buffer(HexFormat.of().parseHex(hex)));
        });
        String path = api.protectedBy(
                "ldap-auth", DirectoryServer.config(malicious.actualPort()).put("start_tls", true));
        isUnavailable(as(path, "anna:p"));
        assertThat(messages).hasValue(1);
        Gatehouse.await(malicious.close());
    }

    @Test
    void aServerWithoutStartTls_receivesNoPassword() {
        String path = api.protectedBy("ldap-auth", directory.config().put("start_tls", true));
        isUnavailable(as(path, "anna:p"));
        assertThat(directory.binds()).isZero();
    }

    @Test
    void noPasswordIsInTheMessageOfAFailure() {
        NetServer malicious = fake(client -> client.write("no LDAP"));
        String path = api.protectedBy("ldap-auth", DirectoryServer.config(malicious.actualPort()));
        Reply reply = as(path, "anna:s3cr3t-password");
        isUnavailable(reply);
        assertThat(reply.text()).doesNotContain("s3cr3t").doesNotContain("LDAP");
        Gatehouse.await(malicious.close());
    }
}
