package io.gatehouse.conformance.oauth.rfc;

import static io.gatehouse.conformance.oauth.OAuthApi.REDIRECT_URI;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** The part of {@link OAuthSituations} that consists of authorization requests, of a client with several redirect URIs. */
final class AuthorizationSituations {
    private static final String CLEAR_TEXT = "http://client.test/callback";
    private static final List<String> LOOPBACK =
            List.of("http://127.0.0.1:8080/callback", "http://[::1]/callback", "http://localhost:8080/callback");

    private final OAuthApi api;
    private final JsonObject client;

    AuthorizationSituations(OAuthApi api) {
        this.api = api;
        this.client = api.gatehouse.register(
                "browser",
                new JsonObject()
                        .put(
                                "redirect_uris",
                                List.of(REDIRECT_URI, CLEAR_TEXT, LOOPBACK.get(0), LOOPBACK.get(1), LOOPBACK.get(2))));
    }

    private Reply authorize(String mode, String... more) {
        Map<String, String> parameters = api.agreed("code", more);
        parameters.put("client_id", client.getString("client_id"));
        return Http.send(Http.form(api.gatehouse.secureUrl("/" + mode + "/oauth2/authorize"), parameters));
    }

    String clearText(String mode) {
        LOOPBACK.forEach(uri -> authorize(mode, "redirect_uri", uri).isStatus(200));
        return OAuthSituations.accepted(authorize(mode, "redirect_uri", CLEAR_TEXT));
    }

    String challengeSpelling(String mode) {
        String challenge = "c".repeat(43);
        Reply method = withChallenge(mode, challenge, "s256");
        for (String other : List.of(challenge + "=", "+" + challenge.substring(1), "/" + challenge.substring(1))) {
            assertThat(withChallenge(mode, other, "S256").status()).isEqualTo(method.status());
        }
        return method.status() == 200
                ? "200, accepted"
                : method.status() + " `"
                        + OAuthApi.queryOf(method.json().getString("redirect_uri"))
                                .get("error") + "`";
    }

    private Reply withChallenge(String mode, String challenge, String method) {
        return authorize(
                mode, "redirect_uri", REDIRECT_URI, "code_challenge", challenge, "code_challenge_method", method);
    }
}
