package io.gatehouse.conformance.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.gatehouse.testing.Reply;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Tests the openid-connect plugin with providers that fail, and with keys that change. */
class OpenIdProviderTest extends OpenIdFixture {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Half of what a request takes that waits for a read of the keys. */
    private static final Duration NO_WAIT = Duration.ofSeconds(1);

    private static final Logger PROVIDERS =
            (Logger) LoggerFactory.getLogger("io.gatehouse.plugin.openidconnect.provider");
    private static RSAKey first;
    private static RSAKey second;

    @BeforeAll
    static void generateKeys() throws JOSEException {
        first = new RSAKeyGenerator(2_048).keyID("first").generate();
        second = new RSAKeyGenerator(2_048).keyID("second").generate();
    }

    @BeforeEach
    void publishKeys() {
        idp.published = List.of(first);
    }

    private String api(long lifetime) {
        return api.protectedBy(
                "openid-connect",
                new JsonObject()
                        .put("issuer", idp.issuer())
                        .put("rediscovery_lifetime", lifetime)
                        .put("timeout", 2_000));
    }

    private Reply call(String path, RSAKey key) {
        return call(path, token(key));
    }

    private static Reply call(String path, String token) {
        return api.gatehouse.get(path, "Authorization", "Bearer " + token);
    }

    private String token(RSAKey key) {
        return IdentityProvider.sign(key, JWSAlgorithm.RS256, idp.claims());
    }

    private static void isServedAtOnce(String path, String token) {
        long begin = System.nanoTime();
        call(path, token).isStatus(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(NO_WAIT);
    }

    /** Asserts 503 for a token that may be valid, and 200 once the provider is well. */
    private void isUnavailableUntilMended() {
        String path = api(3_600);
        assertThat(call(path, first).isStatus(503).header("retry-after")).isNotNull();
        idp.metadata = null;
        idp.keys = null;
        await().atMost(LIMIT).untilAsserted(() -> call(path, first).isStatus(200));
    }

    private static void html(HttpServerRequest request) {
        request.response().putHeader("Content-Type", "text/html").end("<html>login</html>");
    }

    @Test
    void htmlInPlaceOfMetadataIsUnavailable() {
        idp.metadata = OpenIdProviderTest::html;
        isUnavailableUntilMended();
    }

    @Test
    void htmlInPlaceOfKeysIsUnavailable() {
        idp.keys = OpenIdProviderTest::html;
        isUnavailableUntilMended();
    }

    @Test
    void moreThan64KeysAreUnavailable() {
        idp.published = Collections.nCopies(65, first);
        String path = api(3_600);
        call(path, first).isStatus(503);
        idp.published = Collections.nCopies(64, first);
        await().atMost(LIMIT).untilAsserted(() -> call(path, first).isStatus(200));
    }

    @Test
    void metadataWithoutKeysIsUnavailable() {
        idp.metadata = request -> request.response()
                .end(new JsonObject().put("issuer", idp.issuer()).encode());
        isUnavailableUntilMended();
    }

    @Test
    void metadataOfAnotherIssuerIsUnavailableAndItsKeysAreNotRead() {
        idp.metadata = request -> request.response()
                .end(idp.metadata().put("issuer", "https://other.example").encode());
        assertThat(call(api(3_600), first).isStatus(503)).isNotNull();
        assertThat(idp.keyReads.get()).isZero();
    }

    @Test
    void aKeysEndpointOfAnotherSchemeIsNotRead() {
        idp.metadata = request -> request.response()
                .end(idp.metadata().put("jwks_uri", "file:///etc/passwd").encode());
        isUnavailableUntilMended();
    }

    @Test
    void aRedirectIsNotFollowed() {
        idp.metadata = request -> request.response()
                .setStatusCode(302)
                .putHeader("Location", idp.issuer() + "/keys")
                .end();
        assertThat(call(api(3_600), first).isStatus(503)).isNotNull();
        assertThat(idp.keyReads.get()).isZero();
    }

    @Test
    void aDocumentOf100MegabytesIsAbortedAfterOne() {
        AtomicInteger sent = new AtomicInteger();
        idp.keys = request -> {
            request.response().setChunked(true);
            send(request, sent);
        };
        isUnavailableUntilMended();
        assertThat(sent.get()).isLessThan(50);
    }

    /** Writes 1 MiB at a time, as fast as the peer reads. */
    private static void send(HttpServerRequest request, AtomicInteger sent) {
        if (sent.incrementAndGet() > 100) {
            request.response().end();
            return;
        }
        request.response().write(Buffer.buffer(new byte[1024 * 1024])).onSuccess(written -> send(request, sent));
    }

    @Test
    void aSlowProviderIsTimedOutAndOtherRoutesAreServed() {
        idp.keys = request -> request.response().setChunked(true).write("{");
        String open = api.open();
        assertThat(call(api(3_600), first).isStatus(503)).isNotNull();
        api.gatehouse.get(open).isStatus(200);
        idp.keys = null;
    }

    @Test
    void aFailingProviderIsReadOncePerDelay() {
        idp.keys = request -> request.response().setStatusCode(500).end();
        String path = api(3_600);
        for (int i = 0; i < 50; i++) {
            call(path, first).isStatus(503);
        }
        assertThat(idp.keyReads.get()).isLessThan(25);
    }

    @Test
    void anUnknownKeyIsReadAtOnceAndAtMostTwiceInALifetime() {
        String path = api(3_600);
        call(path, first).isStatus(200);
        idp.published = List.of(second);
        call(path, second).isStatus(200);
        // The first key is no longer published, so no cached result of it is valid.
        for (int i = 0; i < 20; i++) {
            call(path, first).isStatus(401);
        }
        assertThat(idp.keyReads.get()).isEqualTo(3);
        call(path, second).isStatus(200);
    }

    @Test
    void aCachedResultEndsWithItsKey() {
        String path = api(1);
        String token = token(first);
        call(path, token).isStatus(200);
        idp.published = List.of(second);
        await().atMost(LIMIT).untilAsserted(() -> call(path, token).isStatus(401));
    }

    @Test
    void keysStayValidWhileTheProviderIsAway() {
        String path = api(1);
        call(path, first).isStatus(200);
        AtomicInteger refused = new AtomicInteger();
        idp.keys = request -> {
            refused.incrementAndGet();
            request.response().setStatusCode(500).end();
        };
        await().atMost(LIMIT).until(() -> {
            call(path, first).isStatus(200);
            return refused.get() >= 2;
        });
    }

    @Test
    void keysThatHaveExpiredAreUsedWithoutWaiting_whileTheProviderHangs() {
        AtomicBoolean hasFailed = new AtomicBoolean();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                String line = event.getFormattedMessage();
                if (line.contains("cannot be read") && line.contains(idp.issuer())) {
                    hasFailed.set(true);
                }
            }
        };
        appender.start();
        PROVIDERS.addAppender(appender);
        String path = api(1);
        String cached = token(first);
        try {
            call(path, cached).isStatus(200);
            AtomicInteger hanging = new AtomicInteger();
            idp.keys = request -> hanging.incrementAndGet();
            await().atMost(LIMIT).until(() -> {
                call(path, cached).isStatus(200);
                return hasFailed.get();
            });
            int reads = hanging.get();
            await().atMost(LIMIT).until(() -> {
                isServedAtOnce(path, cached);
                isServedAtOnce(path, token(first));
                // Two more reads have timed out, and the next one has begun.
                return hanging.get() >= reads + 3;
            });
        } finally {
            PROVIDERS.detachAppender(appender);
        }

        idp.published = List.of(second);
        idp.keys = null;
        await().atMost(LIMIT).untilAsserted(() -> call(path, cached).isStatus(401));
        call(path, second).isStatus(200);
    }
}
