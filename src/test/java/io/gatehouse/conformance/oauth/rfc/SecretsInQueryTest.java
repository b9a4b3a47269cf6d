package io.gatehouse.conformance.oauth.rfc;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Http;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a plugin with {@code conformance=rfc} accepts each parameter from one place, and secrets from the body alone. */
class SecretsInQueryTest {
    private static OAuthApi api;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject()
                .put("conformance", "rfc")
                .put("enable_revocation", true)
                .put("enable_introspection", true));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static void isRefused(String name, Map<String, String> form, String description) {
        for (String endpoint : new String[] {"token", "authorize", "introspect", "revoke"}) {
            String url = api.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/" + endpoint) + "?" + name + "=x";
            Http.send(Http.form(url, form)).isError(400, "invalid_request", description);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "client_secret",
                "client_assertion",
                "provision_key",
                "password",
                "code",
                "code_verifier",
                "device_code",
                "refresh_token",
                "subject_token",
                "actor_token",
                "token",
                "%74oken"
            })
    void secretInTheQuery_isRefused(String name) {
        isRefused(name, api.asClient("token", "x"), name.replace("%74", "t") + " is disallowed in the query");
    }

    /** RFC 6749 §3.1, §3.2. */
    @Test
    void emptyParameter_countsAsOmitted() {
        Map<String, String> form = api.asClient("grant_type", "client_credentials");
        String url = api.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/token");
        Http.send(Http.form(url + "?code=&client_id=&scope=", form)).isStatus(200);

        form.put("grant_type", "");
        Http.send(Http.form(url + "?grant_type=client_credentials", form)).isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"client_id", "grant_type", "redirect_uri", "scope", "state", "extra"})
    void parameterInQueryAndBody_isRefused(String name) {
        Map<String, String> form = api.asClient();
        form.put(name, "x");
        isRefused(name, form, "Parameter given more than once: " + name);
    }
}
