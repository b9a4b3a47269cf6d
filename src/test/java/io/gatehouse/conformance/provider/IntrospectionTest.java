package io.gatehouse.conformance.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Reply;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the method {@code introspection} of openid-connect. */
class IntrospectionTest extends ProviderTest {
    private static final String PATH = "/introspect";
    /** The checks of one network, if no other has any (docs/reference/limits.md). */
    private static final int OF_NETWORK = 32;

    private static JsonObject active() {
        return new JsonObject().put("active", true).put("sub", "anna").put("token_type", "Bearer");
    }

    private String path() {
        return protectedBy(idp.config("introspection"));
    }

    @Test
    void anActiveTokenIsAcceptedAndTheResultIsCached() {
        idp.check = request -> active().put("exp", CheckingProvider.now() + 300);
        String path = path();
        Reply reply = withToken(path, "opaque-1").isStatus(200);
        assertThat(reply.upstreamHeader("x-subject")).isEqualTo("anna");
        assertThat(reply.upstreamHeader("authorization")).isEqualTo("Bearer opaque-1");
        withToken(path, "opaque-1").isStatus(200);

        assertThat(idp.requests).hasSize(1);
        String pair = CheckingProvider.CLIENT + ":" + CheckingProvider.SECRET.replace(' ', '+');
        assertThat(idp.requests.get(0))
                .containsEntry("path", PATH)
                .containsEntry("token", "opaque-1")
                .containsEntry("token_type_hint", "access_token")
                .containsEntry(
                        "authorization",
                        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void anInactiveTokenIsRejectedAndNotCheckedAgainAtOnce() {
        idp.check = request -> new JsonObject().put("active", false);
        String path = path();
        isInvalidToken(withToken(path, "unknown"));
        isInvalidToken(withToken(path, "unknown"));
        assertThat(idp.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Refresh", "DPoP", "refresh_token"})
    void aTokenOfAnotherTypeIsRejected(String type) {
        idp.check = request -> active().put("token_type", type);
        isInvalidToken(withToken(path(), "opaque"));
    }

    @Test
    void aTokenThatIsBoundToAKeyIsRejected() {
        idp.check = request -> active().put("cnf", new JsonObject().put("jkt", "a thumbprint"));
        isInvalidToken(withToken(path(), "bound"));
    }

    @Test
    void aTokenThatIsExpiredOrNotYetValidIsRejectedUnlessTheLeewayCoversIt() {
        String strict = path();
        String lenient = protectedBy(idp.config("introspection").put("leeway", 4_000));
        idp.check = request -> active().put("exp", CheckingProvider.now() - 3_600);
        isInvalidToken(withToken(strict, "expired"));
        withToken(lenient, "expired").isStatus(200);
        idp.check = request -> active().put("nbf", CheckingProvider.now() + 3_600);
        isInvalidToken(withToken(strict, "early"));
        withToken(lenient, "early").isStatus(200);
        idp.check = request -> active().put("exp", "tomorrow");
        isInvalidToken(withToken(lenient, "text"));
    }

    @Test
    void aCachedResultEndsWithTheExpiry() {
        long expiry = CheckingProvider.now() + 2;
        idp.check = request -> active().put("exp", expiry);
        String path = path();
        withToken(path, "short").isStatus(200);
        idp.check = request -> new JsonObject().put("active", false);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> withToken(path, "short").status() == 401);
        assertThat(System.currentTimeMillis()).isGreaterThan(1_000 * expiry - 100);
    }

    @Test
    void aCachedResultEndsWithCacheTtl() {
        idp.check = request -> active();
        String usual = protectedBy(idp.config("introspection").put("cache_ttl", 1));
        String longest = protectedBy(idp.config("introspection").put("cache_ttl_max", 1));
        String none = protectedBy(idp.config("introspection").put("cache_introspection", false));
        for (String path : List.of(usual, longest, none)) {
            idp.check = request -> active();
            withToken(path, "revoked").isStatus(200);
            idp.check = request -> new JsonObject().put("active", false);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> withToken(path, "revoked").status() == 401);
        }
    }

    @Test
    void aChangeOfTheConfigurationEndsTheCachedResults() {
        idp.check = request -> active();
        String path = api.open();
        String plugin =
                api.add(path, "openid-connect", idp.config("introspection")).getString("id");
        withToken(path, "opaque").isStatus(200);
        idp.check = request -> new JsonObject().put("active", false);
        withToken(path, "opaque").isStatus(200);
        api.gatehouse
                .admin(
                        "PATCH",
                        "/plugins/" + plugin,
                        new JsonObject().put("config", new JsonObject().putNull("introspection_hint")))
                .isStatus(200);
        await().until(() -> withToken(path, "opaque").status() == 401);
        assertThat(idp.requests.get(1)).doesNotContainKey("token_type_hint");
    }

    @Test
    void aResultOfOneRouteIsNotValidOnAnother() {
        idp.check = request -> active();
        withToken(path(), "opaque").isStatus(200);
        idp.check = request -> new JsonObject().put("active", false);
        isInvalidToken(withToken(path(), "opaque"));
    }

    @Test
    void requiredScopesAreThoseOfTheResponse() {
        idp.check = request -> active().put("scope", "read write");
        withToken(protectedBy(idp.config("introspection").put("scopes_required", List.of("write"))), "opaque")
                .isStatus(200);
        Reply reply = withToken(
                        protectedBy(idp.config("introspection").put("scopes_required", List.of("admin"))), "opaque")
                .isMessage(403, "Forbidden");
        assertThat(reply.header("www-authenticate")).isEqualTo("Bearer error=\"insufficient_scope\"");
    }

    @Test
    void theAnonymousConsumerReplacesARejectionButNoOutage() {
        String consumer = api.consumer();
        String path = protectedBy(idp.config("introspection").put("anonymous", consumer));
        idp.check = request -> new JsonObject().put("active", false);
        assertThat(withToken(path, "unknown").isStatus(200).upstreamHeader("x-consumer-username"))
                .isEqualTo(consumer);
        idp.own = request -> fail("500", request);
        isUnavailable(withToken(path, "other"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"html", "redirect", "500", "100 MB", "slow"})
    void aProviderThatDoesNotDecideIsUnavailable(String way) {
        String path = protectedBy(idp.config("introspection").put("timeout", 1_000));
        idp.own = request -> fail(way, request);
        isUnavailable(withToken(path, "opaque"));
        // A redirect is not followed, and the failure is not cached.
        assertThat(idp.requests).hasSize(1);
        idp.own = null;
        idp.check = request -> active();
        withToken(path, "opaque").isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"status\":401}", "{}", "{\"active\":\"true\"}"})
    void aResponseWithoutAnIntrospectionIsUnavailable(String response) {
        idp.check = request -> new JsonObject(response);
        isUnavailable(withToken(path(), "opaque"));
    }

    @Test
    void aTextThatIsNoTokenIsNotSent() {
        String path = path();
        for (String text : List.of("a b", "a\"b", "a%0d%0ab", "a,b", "a".repeat(17_000))) {
            isInvalidToken(withToken(path, text));
        }
        assertThat(idp.requests).isEmpty();
    }

    @Test
    void requestsWithTheSameTokenShareOneCheck() {
        Promise<Void> gate = Promise.promise();
        idp.gate = gate.future();
        idp.check = request -> active();
        String path = path();
        List<CompletableFuture<Reply>> replies = IntStream.range(0, 20)
                .mapToObj(i -> sendWithToken(path, "shared"))
                .toList();
        await().until(() -> !idp.requests.isEmpty());
        gate.complete();
        replies.forEach(reply -> reply.join().isStatus(200));
        assertThat(idp.requests).hasSize(1);
    }

    @Test
    void checksBeyondThoseOfANetworkAreUnavailable() {
        Promise<Void> gate = Promise.promise();
        idp.gate = gate.future();
        idp.check = request -> active();
        String path = protectedBy(idp.config("introspection").put("timeout", 20_000));
        List<CompletableFuture<Reply>> replies = IntStream.range(0, OF_NETWORK + 3)
                .mapToObj(i -> sendWithToken(path, "token-" + i))
                .toList();
        await().until(() -> replies.stream().filter(CompletableFuture::isDone).count() == 3);
        await().untilAsserted(() -> assertThat(idp.requests).hasSize(OF_NETWORK));
        gate.complete();
        assertThat(replies.stream().map(reply -> reply.join().status()))
                .filteredOn(status -> status == 503)
                .hasSize(3);
        withToken(path, "later").isStatus(200);
    }

    @Test
    void aJwtIsNotIntrospectedWhereTheMethodBearerDecides() {
        idp.check = request -> active();
        String path = protectedBy(idp.config("bearer", "introspection"));
        withToken(path, idp.sign(idp.claims())).isStatus(200);
        isInvalidToken(withToken(path, idp.sign(idp.claims().put("iss", "https://other.example"))));
        isInvalidToken(withToken(path, idp.sign(idp.claims()) + "AA"));
        assertThat(idp.requests).isEmpty();
        withToken(path, "opaque").isStatus(200);
        // Without the method bearer, the provider decides.
        withToken(path(), idp.sign(idp.claims().put("exp", 1))).isStatus(200);
    }

    @Test
    void aConfiguredEndpointNeedsNoMetadata() {
        idp.check = request -> active();
        String path = protectedBy(idp.config("introspection")
                .put("issuer", "http://127.0.0.1:" + FreePort.next() + "/away")
                .put("introspection_endpoint", idp.issuer() + "/own"));
        withToken(path, "opaque").isStatus(200);
        assertThat(idp.received("/own")).hasSize(1);
        assertThat(idp.metadataReads).hasValue(0);
    }

    @Test
    void aProviderWithoutTheEndpointOrAwayIsUnavailable() {
        idp.metadata = new JsonObject().put("introspection_endpoint", "file:///etc/passwd");
        isUnavailable(withToken(path(), "opaque"));
        isUnavailable(withToken(
                protectedBy(idp.config("introspection").put("issuer", "http://127.0.0.1:" + FreePort.next())),
                "opaque"));
    }

    @Test
    void theTokenIsSentInAnotherHeaderAndHidden() {
        idp.check = request -> active();
        String path = protectedBy(idp.config("introspection")
                .put("hide_credentials", true)
                .put("upstream_access_token_header", "x-token"));
        Reply reply = withToken(path, "opaque").isStatus(200);
        assertThat(reply.upstreamHeader("x-token")).isEqualTo("opaque");
        assertThat(reply.upstreamHeader("authorization")).isNull();
        Reply forged = api.gatehouse.get(path, "x-token", "forged").isStatus(401);
        assertThat(forged.header("www-authenticate")).isEqualTo("Bearer");
    }

    @Test
    void aConfigurationWithoutAClientIsRefused() {
        JsonObject config = idp.config("introspection");
        config.remove("client_id");
        api.gatehouse
                .admin(
                        "POST",
                        "/plugins",
                        new JsonObject().put("name", "openid-connect").put("config", config))
                .isStatus(400);
    }
}
