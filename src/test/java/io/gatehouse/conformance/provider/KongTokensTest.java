package io.gatehouse.conformance.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests the method {@code kong_oauth2} of openid-connect: tokens of the oauth2 plugin. */
class KongTokensTest extends ProviderTest {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private JsonObject credential(String username) {
        return api.gatehouse.register(username, new JsonObject());
    }

    private static String username() {
        return "owner-" + NAMES.incrementAndGet();
    }

    /** Issues a token with the fields, and returns its entity. */
    private static JsonObject issue(JsonObject credential, JsonObject fields) {
        return api.gatehouse.create(
                "/oauth2_tokens",
                new JsonObject()
                        .put("credential", new JsonObject().put("id", credential.getString("id")))
                        .put("expires_in", 300)
                        .mergeIn(fields));
    }

    private static JsonObject service(String path) {
        String id = api.gatehouse.admin("GET", "/services" + path).json().getString("id");
        return new JsonObject().put("service", new JsonObject().put("id", id));
    }

    @Test
    void oneRouteAcceptsTokensOfTheProviderAndOfThisGateway() {
        String path = protectedBy(idp.config("bearer", "kong_oauth2"));
        String username = username();
        JsonObject credential = credential(username);
        String token = issue(credential, service(path).put("scope", "read").put("authenticated_userid", "user-7"))
                .getString("access_token");

        assertThat(withToken(path, idp.sign(idp.claims())).isStatus(200).upstreamHeader("x-subject"))
                .isEqualTo("anna");
        Reply reply = withToken(path, token).isStatus(200);
        assertThat(reply.upstreamHeader("x-subject")).isEqualTo("user-7");
        assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo(username);
        assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo(credential.getString("client_id"));
        assertThat(reply.upstreamHeader("x-authenticated-scope")).isEqualTo("read");
        assertThat(reply.upstreamHeader("x-authenticated-userid")).isEqualTo("user-7");
        isInvalidToken(withToken(path, token + "x"));
        isInvalidToken(withToken(path, idp.sign(idp.claims().put("exp", 1))));
    }

    @Test
    void aTokenThatIsKnownAndInvalidIsNotSentToTheProvider() {
        idp.check = request -> new JsonObject().put("active", true).put("sub", "anna");
        String path = protectedBy(idp.config("kong_oauth2", "introspection"));
        JsonObject credential = credential(username());
        String ofAnother = issue(credential, service(api.open())).getString("access_token");
        isInvalidToken(withToken(path, ofAnother));
        assertThat(idp.requests).isEmpty();
        withToken(path, "unknown").isStatus(200);
        assertThat(idp.requests).hasSize(1);
    }

    @Test
    void aTokenWithoutAServiceIsAcceptedAndARevokedOneIsNot() {
        String path = protectedBy(idp.config("kong_oauth2"));
        JsonObject token = issue(credential(username()), new JsonObject());
        withToken(path, token.getString("access_token")).isStatus(200);
        api.gatehouse.admin("DELETE", "/oauth2_tokens/" + token.getString("id")).isStatus(204);
        isInvalidToken(withToken(path, token.getString("access_token")));
    }

    @Test
    void requiredClaimsAreThoseOfTheToken() {
        JsonObject credential = credential(username());
        String path = protectedBy(idp.config("kong_oauth2").put("scopes_required", List.of("write")));
        JsonObject read = issue(credential, service(path).put("scope", "read"));
        JsonObject write = issue(credential, service(path).put("scope", "read write"));
        withToken(path, read.getString("access_token")).isMessage(403, "Forbidden");
        withToken(path, write.getString("access_token")).isStatus(200);

        // The audience is the Service that the token is bound to.
        String name = path.substring(1);
        api.gatehouse.admin("DELETE", "/plugins/" + plugin(path)).isStatus(204);
        api.add(path, "openid-connect", idp.config("kong_oauth2").put("audience_required", List.of(name)));
        withToken(path, read.getString("access_token")).isStatus(200);
        String global = issue(credential, new JsonObject()).getString("access_token");
        withToken(path, global).isMessage(403, "Forbidden");
    }

    private static String plugin(String path) {
        return api.gatehouse
                .admin("GET", "/services" + path + "/plugins")
                .json()
                .getJsonArray("data")
                .getJsonObject(0)
                .getString("id");
    }

    @Test
    void theConsumerIsThatOfTheTokenForLaterPlugins() {
        String username = username();
        JsonObject credential = credential(username);
        String path = protectedBy(idp.config("bearer", "kong_oauth2"));
        api.add(path, "acl", new JsonObject().put("allow", List.of("staff")));
        String token = issue(credential, service(path)).getString("access_token");
        withToken(path, token).isStatus(403);
        api.join(username, "staff");
        withToken(path, token).isStatus(200);
        // A user of the provider is authenticated, but no Consumer.
        withToken(path, idp.sign(idp.claims())).isStatus(403);
    }

    @Test
    void aClaimDoesNotReplaceTheConsumerOfTheToken() {
        String username = username();
        String other = api.consumer();
        JsonObject credential = credential(username);
        String path = protectedBy(idp.config("bearer", "kong_oauth2").put("consumer_claim", List.of("sub")));
        String token = issue(credential, service(path).put("authenticated_userid", other))
                .getString("access_token");
        assertThat(withToken(path, token).isStatus(200).upstreamHeader("x-consumer-username"))
                .isEqualTo(username);
        assertThat(withToken(path, idp.sign(idp.claims().put("sub", other)))
                        .isStatus(200)
                        .upstreamHeader("x-consumer-username"))
                .isEqualTo(other);
    }
}
