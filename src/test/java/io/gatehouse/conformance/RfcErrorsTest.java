package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests errors of a plugin with {@code conformance=rfc} beyond the one example of {@link OAuthSituations} for each departure. */
class RfcErrorsTest {
    private static final String FORM = "application/x-www-form-urlencoded";

    private static OAuthApi api;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject().put("conformance", "rfc").put("enable_client_credentials", true));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    /** RFC 6749 §5.2: a required parameter is missing; §3.2: an empty one counts as omitted. */
    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void grantWithoutItsCodeOrToken_isAnInvalidRequest(String blank) {
        api.token(api.asClient("grant_type", "authorization_code")).isError(400, "invalid_request", "Invalid code");
        api.token(api.asClient("grant_type", "authorization_code", "code", blank))
                .isError(400, "invalid_request", "Invalid code");
        api.token(api.asClient("grant_type", "refresh_token")).isError(400, "invalid_request", "Invalid refresh_token");
        api.token(api.asClient("grant_type", "refresh_token", "refresh_token", blank))
                .isError(400, "invalid_request", "Invalid refresh_token");
        api.refresh("unknown").isError(400, "invalid_grant", "Invalid refresh_token");
    }

    private static void hasDescription(Reply reply, String description) {
        assertThat(reply.isStatus(400).json().getString("error_description"))
                .isEqualTo(description)
                .matches("[\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]*");
    }

    /** RFC 6749 §5.2 has the characters of {@code error_description}. */
    @ParameterizedTest
    @ValueSource(strings = {"a\"b", "a\\b", "über"})
    void textThatADescriptionCannotHave_isLeftOut(String text) {
        hasDescription(
                api.token(api.asClient("grant_type", "client_credentials", "scope", text)),
                "(unprintable) is an invalid scope");
        hasDescription(
                api.token(api.asClient(
                        "grant_type", "refresh_token", "refresh_token", refreshToken(), "scope", "email " + text)),
                "(unprintable) is not a scope of the grant");
        String name = URLEncoder.encode(text, StandardCharsets.UTF_8);
        hasDescription(
                Http.send(Http.request(
                        "POST", api.gatehouse.secureUrl("/api/oauth2/token"), FORM, name + "=1&" + name + "=2")),
                "Parameter given more than once: (unprintable)");
    }

    @Test
    void scopeOfARefresh_isNamedWithoutQuotes() {
        hasDescription(
                api.token(api.asClient("grant_type", "refresh_token", "refresh_token", refreshToken(), "scope", "xyz")),
                "xyz is not a scope of the grant");
    }

    private static String refreshToken() {
        return api.tokens("scope", "email").getString("refresh_token");
    }
}
