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
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Tests what responses of a provider that contain no usable keys cost, what clients receive meanwhile, and what the log states. */
class OpenIdBadInputTest extends OpenIdFixture {
    private static final Logger PROVIDERS =
            (Logger) LoggerFactory.getLogger("io.gatehouse.plugin.openidconnect.provider");
    private static final List<String> LINES = new CopyOnWriteArrayList<>();
    private static final AppenderBase<ILoggingEvent> APPENDER = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            LINES.add(event.getLevel() + " " + event.getFormattedMessage());
        }
    };

    private static RSAKey key;

    @BeforeAll
    static void generateKey() throws JOSEException {
        key = new RSAKeyGenerator(2_048).keyID("bad-input").generate();
        APPENDER.start();
        PROVIDERS.addAppender(APPENDER);
    }

    @AfterAll
    static void detachAppender() {
        PROVIDERS.detachAppender(APPENDER);
    }

    @BeforeEach
    void publishKey() {
        idp.published = List.of(key);
        LINES.clear();
    }

    private static String path(String issuer, int timeout) {
        return api.protectedBy(
                "openid-connect",
                new JsonObject()
                        .put("issuer", issuer)
                        .put("rediscovery_lifetime", 3_600)
                        .put("timeout", timeout));
    }

    private String token(JsonObject claims) {
        return IdentityProvider.sign(key, JWSAlgorithm.RS256, claims);
    }

    private static Reply call(String path, String token) {
        return api.gatehouse.getWithToken(path, token);
    }

    private static Arguments bad(String name, String reason, Consumer<IdentityProvider> change) {
        return Arguments.of(name, reason, change);
    }

    private static Stream<Arguments> badProviders() {
        return Stream.of(
                bad("HTML", "the document is not a JSON object", it -> it.metadata = text("<html>login</html>")),
                bad("HTML keys", "the document is not a JSON object", it -> it.keys = text("<html>login</html>")),
                bad("an array", "the document is not a JSON object", it -> it.metadata = text("[]")),
                bad("no keys endpoint", "the metadata has no http or https jwks_uri", it -> {
                    JsonObject metadata = new JsonObject().put("issuer", it.issuer());
                    it.metadata = text(metadata.encode());
                }),
                bad("another issuer", "the metadata is of another issuer", it -> {
                    JsonObject metadata = it.metadata().put("issuer", it.issuer() + "/");
                    it.metadata = text(metadata.encode());
                }),
                bad("no key set", "the JWKS has no array 'keys'", it -> it.keys = text("{}")),
                bad("no keys", "the JWKS has no usable public key", it -> it.keys = text("{\"keys\":[]}")),
                bad(
                        "a redirect",
                        "status 302; redirects are not followed",
                        it -> it.metadata = request -> request.response()
                                .setStatusCode(302)
                                .putHeader("Location", it.issuer() + "/other")
                                .end()),
                bad(
                        "an error",
                        "status 500",
                        it -> it.metadata =
                                request -> request.response().setStatusCode(500).end()),
                bad(
                        "100 MB",
                        "the document has more than 1048576 bytes",
                        it -> it.keys = request -> {
                            request.response().setChunked(true);
                            send(request, 100);
                        }),
                bad(
                        "no end",
                        "no complete response within 1000 ms",
                        it -> it.keys =
                                request -> request.response().setChunked(true).write("{")),
                bad(
                        "a byte now and then",
                        "no complete response within 1000 ms",
                        it -> it.keys = request -> {
                            request.response().setChunked(true);
                            Vertx vertx = Vertx.currentContext().owner();
                            long timer = vertx.setPeriodic(
                                    20, tick -> request.response().write(" "));
                            request.connection().closeHandler(closed -> vertx.cancelTimer(timer));
                        }));
    }

    private static Handler<HttpServerRequest> text(String body) {
        return request -> request.response().end(body);
    }

    /** Writes 1 MiB at a time, as fast as the peer reads. */
    private static void send(HttpServerRequest request, int times) {
        if (times == 0) {
            request.response().end();
            return;
        }
        request.response().write(Buffer.buffer(new byte[1024 * 1024])).onSuccess(written -> send(request, times - 1));
    }

    private static void isUnavailable(Reply reply) {
        reply.isMessage(503, "temporarily unavailable");
        assertThat(reply.header("retry-after")).isEqualTo("1");
    }

    private static void isLogged(String reason, String issuer) {
        assertThat(LINES)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("WARN keys of the OpenID provider cannot be read, retrying in 1 s issuer=" + issuer)
                        .contains(reason)
                        .containsPattern("request_id=[0-9a-f]{32}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badProviders")
    void aProviderWithoutUsableKeysIsUnavailable_andTheLogStatesWhy(
            String name, String reason, Consumer<IdentityProvider> change) {
        change.accept(idp);
        String open = api.open();
        String token = token(idp.claims());
        CompletableFuture<Reply> waiting = Http.sendAsync(
                Http.get(api.gatehouse.proxyUrl(path(idp.issuer(), 1_000)), "Authorization", "Bearer " + token));
        api.gatehouse.get(open).isStatus(200);
        isUnavailable(waiting.join());
        isLogged(reason, idp.issuer());
        assertThat(LINES).as(name).noneMatch(line -> line.contains(token) || line.contains("<html>"));
    }

    @Test
    void anIssuerThatDoesNotExistIsUnavailable_andTheLogStatesWhy() {
        String issuer = "http://127.0.0.1:" + FreePort.next() + "/realm";
        isUnavailable(call(path(issuer, 1_000), token(idp.claims().put("iss", issuer))));
        isLogged("Connection refused", issuer);
    }

    @Test
    void requestsThatNeedTheKeysShareOneRead() {
        Promise<Void> gate = Promise.promise();
        AtomicInteger reads = new AtomicInteger();
        idp.metadata = request -> {
            reads.incrementAndGet();
            gate.future()
                    .onSuccess(open -> request.response().end(idp.metadata().encode()));
        };
        String url = api.gatehouse.proxyUrl(path(idp.issuer(), 20_000));
        String token = token(idp.claims());
        List<CompletableFuture<Reply>> replies = Stream.generate(
                        () -> Http.sendAsync(Http.get(url, "Authorization", "Bearer " + token)))
                .limit(20)
                .toList();
        await().atMost(Duration.ofSeconds(30)).until(() -> reads.get() > 0);
        gate.complete();
        assertThat(replies).allSatisfy(reply -> reply.join().isStatus(200));
        assertThat(reads).hasValue(1);
        assertThat(idp.keyReads).hasValue(1);
    }

    @Test
    void theKeysMayBeOnAnotherHostThatTheMetadataNames() {
        try (Upstream other = Upstream.start()) {
            JsonObject keys = new JsonObject()
                    .put(
                            "keys",
                            new JsonArray().add(new JsonObject(key.toPublicJWK().toJSONString())));
            other.behave(text(keys.encode()));
            JsonObject metadata = idp.metadata().put("jwks_uri", "http://127.0.0.1:" + other.port() + "/certs");
            idp.metadata = text(metadata.encode());
            call(path(idp.issuer(), 5_000), token(idp.claims())).isStatus(200);
            assertThat(other.requests()).isEqualTo(1);
            assertThat(idp.keyReads).hasValue(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"~", "!", "=", ".", "A"})
    void aSignatureWithOtherCharactersIsRejected(String more) {
        String path = path(idp.issuer(), 10_000);
        String token = token(idp.claims());
        call(path, token).isStatus(200);
        call(path, token + more).isStatus(401);
    }

    @Test
    void aCachedResultEndsWithItsToken() {
        String path = path(idp.issuer(), 5_000);
        String token = token(idp.claims().put("exp", System.currentTimeMillis() / 1_000 + 3));
        call(path, token).isStatus(200);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> call(path, token).isStatus(401));
        assertThat(idp.keyReads).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token_endpoint",
                "introspection_endpoint",
                "userinfo_endpoint",
                "mtls_token_endpoint",
                "mtls_introspection_endpoint"
            })
    void anEndpointOfAnotherSchemeIsRefused(String field) {
        for (String url : List.of("file:///etc/passwd", "gopher://127.0.0.1/", "//127.0.0.1/", "nonsense")) {
            api.assertRefused(
                    "openid-connect",
                    new JsonObject().put("issuer", idp.issuer()).put(field, url),
                    "config." + field + ": must be an http or https URL without a fragment");
        }
    }
}
