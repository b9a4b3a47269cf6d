package io.gatehouse.conformance.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.net.NetServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests ldap-auth with many requests at once. */
class LdapConcurrencyTest extends LdapFixture {
    /** The pending binds of one server, if no other has any (docs/reference/limits.md). */
    private static final int LIMIT = 1_024;
    /** Longer than the time for which the server holds binds. */
    private static final int PATIENT = 100_000;

    private static final Duration WAIT = Duration.ofSeconds(50);

    @BeforeEach
    void listen() {
        replaceDirectory();
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
}
