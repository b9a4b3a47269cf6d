package io.gatehouse.lookup;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.CredentialReply;
import io.gatehouse.bus.LookUpCredentials;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.bus.RecordCodec;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests a proxy that sees no token-issuer for a moment, during a merge or a restart of the issuers. */
class IssuerClientTest {
    private static final CredentialDigest DIGEST = CredentialDigest.of("token");
    private static final OAuth2Request REQUEST = request(OAuth2Request.Endpoint.TOKEN);

    private final Vertx vertx = Vertx.vertx();
    private final ComingIssuers directory = new ComingIssuers();
    private final IssuerClient client = new IssuerClient(vertx, directory);

    /** A proxy and the issuers among its members. */
    private static final class ComingIssuers implements NodeDirectory {
        private volatile List<String> issuers = List.of();

        @Override
        public String nodeId() {
            return "proxy";
        }

        @Override
        public List<String> nodes() {
            return List.of("proxy");
        }

        @Override
        public List<String> issuers() {
            return issuers;
        }

        @Override
        public CompletionStage<Boolean> isStarting(String node) {
            return CompletableFuture.completedFuture(false);
        }
    }

    private static OAuth2Request request(OAuth2Request.Endpoint endpoint) {
        return new OAuth2Request(
                endpoint,
                new UUID(0, 1),
                null,
                "attempt",
                Map.of("grant_type", "password"),
                null,
                "127.0.0.1",
                null,
                null,
                null,
                null,
                null);
    }

    @BeforeEach
    void register() {
        RecordCodec.register(vertx);
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void lookup_reachesAnIssuerThatJoinsAMomentLater() {
        Future<CredentialReply> reply = client.lookup(TokenState.class, DIGEST);
        replyToLookups("issuer");
        directory.issuers = List.of("issuer");
        assertThat(await(reply).state()).isNull();
    }

    @Test
    void lookup_reachesAnIssuerThatRegistersItsHandlerAMomentLater() {
        directory.issuers = List.of("issuer");
        Future<CredentialReply> reply = client.lookup(TokenState.class, DIGEST);
        replyToLookups("issuer");
        assertThat(await(reply).state()).isNull();
    }

    private void replyToLookups(String issuer) {
        vertx.eventBus()
                .<LookUpCredentials>consumer(
                        Addresses.lookUpCredentials(issuer),
                        question -> question.reply(new CredentialReply(null, false)));
    }

    @Test
    void undeliveredTokenRequest_isSentAgain() {
        directory.issuers = List.of("issuer");
        Future<OAuth2Reply> reply = client.send(REQUEST);
        replyToTokenRequests("issuer");
        assertThat(await(reply).status()).isEqualTo(200);
    }

    @Test
    void tokenRequest_skipsIssuersWithoutAHandler() {
        directory.issuers = List.of("starting", "stopping", "issuer");
        replyToTokenRequests("issuer");
        for (int request = 0; request < 20; request++) {
            assertThat(await(client.send(REQUEST)).status()).isEqualTo(200);
        }
    }

    @Test
    void tokenRequests_areDistributedAmongTheIssuers() {
        directory.issuers = List.of("one", "other");
        AtomicInteger one = replyToTokenRequests("one");
        AtomicInteger other = replyToTokenRequests("other");
        for (int request = 0; request < 200; request++) {
            await(client.send(REQUEST));
        }
        assertThat(one).hasValueGreaterThan(50);
        assertThat(other).hasValueGreaterThan(50);
    }

    @Test
    void tokenRequest_isNotSentToAnotherIssuer_afterAFailureOfTheFirst() {
        directory.issuers = List.of("one", "other");
        AtomicInteger received = new AtomicInteger();
        for (String issuer : directory.issuers) {
            vertx.eventBus().<OAuth2Request>consumer(Addresses.oauth2(issuer), request -> {
                received.incrementAndGet();
                request.fail(Addresses.UNAVAILABLE, "no database");
            });
        }
        assertThatThrownBy(() -> await(client.send(REQUEST))).hasRootCauseInstanceOf(IssuerUnavailable.class);
        assertThat(received).hasValue(1);
    }

    @Test
    void tokenRequest_isRepeatedAtAnotherIssuer_afterATimeoutAndTheFirstIsTriedLastFromThenOn() {
        directory.issuers = List.of("crashed", "issuer");
        AtomicInteger crashed = new AtomicInteger();
        vertx.eventBus().<OAuth2Request>consumer(Addresses.oauth2("crashed"), lost -> crashed.incrementAndGet());
        AtomicInteger served = replyToTokenRequests("issuer");
        int requests = 0;
        while (crashed.get() == 0) {
            requests++;
            assertThat(await(client.send(REQUEST)).status()).isEqualTo(200);
        }
        for (int i = 0; i < 50; i++) {
            requests++;
            assertThat(await(client.send(REQUEST)).status()).isEqualTo(200);
        }
        assertThat(crashed).hasValue(1);
        assertThat(served).hasValue(requests);
    }

    @Test
    void tokenRequest_isRepeatedOnceAtMost() {
        AtomicInteger received = loseRequests("one", "other", "third");
        assertThatThrownBy(() -> await(client.send(REQUEST))).hasRootCauseInstanceOf(IssuerUnavailable.class);
        assertThat(received).hasValue(2);
    }

    /** A paused issuer registers its client too, when it continues. */
    @Test
    void registration_isNotRepeatedAtAnotherIssuer() {
        AtomicInteger received = loseRequests("one", "other", "third");
        assertThatThrownBy(() -> await(client.send(request(OAuth2Request.Endpoint.REGISTRATION))))
                .hasRootCauseInstanceOf(IssuerUnavailable.class);
        assertThat(received).hasValue(1);
    }

    /** Issuers that receive requests and do not reply. */
    private AtomicInteger loseRequests(String... issuers) {
        directory.issuers = List.of(issuers);
        AtomicInteger received = new AtomicInteger();
        for (String issuer : issuers) {
            vertx.eventBus().<OAuth2Request>consumer(Addresses.oauth2(issuer), lost -> received.incrementAndGet());
        }
        return received;
    }

    private AtomicInteger replyToTokenRequests(String issuer) {
        AtomicInteger received = new AtomicInteger();
        vertx.eventBus().<OAuth2Request>consumer(Addresses.oauth2(issuer), request -> {
            received.incrementAndGet();
            request.reply(new OAuth2Reply(200, Map.of(), Map.of()));
        });
        return received;
    }

    @Test
    void connect_asksEachIssuerOnce_andIgnoresThoseThatDoNotReply() {
        directory.issuers = List.of("one", "other", "starting", "failing", "crashed");
        AtomicInteger received = new AtomicInteger();
        for (String issuer : List.of("one", "other")) {
            vertx.eventBus().<LookUpCredentials>consumer(Addresses.lookUpCredentials(issuer), question -> {
                received.incrementAndGet();
                question.reply(new CredentialReply(null, false));
            });
        }
        vertx.eventBus()
                .<LookUpCredentials>consumer(
                        Addresses.lookUpCredentials("failing"),
                        question -> question.fail(Addresses.UNAVAILABLE, "database unavailable"));
        vertx.eventBus()
                .<LookUpCredentials>consumer(
                        Addresses.lookUpCredentials("crashed"), lost -> received.incrementAndGet());

        await(client.connect());

        assertThat(received).hasValue(3);
        directory.issuers = List.of();
        await(client.connect());
    }

    @Test
    void lookup_failsWithIssuerUnavailable_withoutAnIssuer() {
        assertThatThrownBy(() -> await(client.lookup(TokenState.class, DIGEST)))
                .hasRootCauseInstanceOf(IssuerUnavailable.class);
        assertThatThrownBy(() -> await(client.send(REQUEST))).hasRootCauseInstanceOf(IssuerUnavailable.class);
    }
}
