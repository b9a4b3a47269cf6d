package io.gatehouse.conformance.oauth.rfc;

import static io.gatehouse.conformance.oauth.OAuthApi.REDIRECT_URI;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests errors of a plugin with {@code conformance=rfc} beyond the one example of {@link OAuthSituations} for each departure. */
class RfcErrorsTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String INVALID = "The access token is invalid or has expired";
    private static final String TWICE = "The access token is given more than once";

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

    /** RFC 6749 §3.1.2.3. */
    @Test
    void clientWithSeveralRedirectUris_hasToNameOne() {
        JsonObject client = api.gatehouse.register(
                "several", new JsonObject().put("redirect_uris", List.of(REDIRECT_URI, REDIRECT_URI + "2")));
        String id = client.getString("client_id");
        for (String type : List.of("code", "token")) {
            for (Map<String, String> request :
                    List.of(api.agreed(type, "client_id", id), api.agreed(type, "client_id", id, "redirect_uri", ""))) {
                Reply refused = api.authorize(request)
                        .isError(400, "invalid_request", "The client has several redirect_uris and has to name one");
                assertThat(refused.json().containsKey("redirect_uri")).isFalse();
            }
        }
        Reply named = api.authorize(api.agreed("code", "client_id", id, "redirect_uri", REDIRECT_URI + "2"));
        assertThat(named.isStatus(200).json().getString("redirect_uri")).startsWith(REDIRECT_URI + "2?");
        api.authorize(api.agreed("code")).isStatus(200);
    }

    /** RFC 7636 §4.3: it is {@code plain}, which is not supported. */
    @Test
    void challengeWithoutMethod_isRefused() {
        String challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        Reply refused = api.authorize(api.agreed("code", "code_challenge", challenge));
        assertThat(OAuthApi.queryOf(refused.isStatus(400).json().getString("redirect_uri")))
                .containsEntry("error", "invalid_request")
                .containsEntry("error_description", "code_challenge_method is not supported, must be S256");
        api.authorize(api.agreed("code", "code_challenge", challenge, "code_challenge_method", "S256"))
                .isStatus(200);
    }

    @Test
    void tokenThatIsNotUtf8_isInvalid() {
        call("?access_token=a%ff").isError(401, "invalid_token", INVALID);
        call("?access_token=a%ff&access_token=b").isError(400, "invalid_request", TWICE);
    }

    @Test
    void tokenTwiceInAForm_isAnInvalidRequest() {
        Reply reply = post("access_token=a&access_token=b").isError(400, "invalid_request", TWICE);
        assertThat(reply.header("www-authenticate")).contains("error=\"invalid_request\"");
        post("access_token=a&access_token=a").isError(400, "invalid_request", TWICE);
        post("access_token=%zz").isError(401, "invalid_request", "The access token is missing");
    }

    private static Reply call(String query) {
        return Http.send(Http.get(api.gatehouse.secureUrl(OAuthApi.PATH + query)));
    }

    private static Reply post(String form) {
        return Http.send(Http.request("POST", api.gatehouse.secureUrl(OAuthApi.PATH), FORM, form));
    }
}
