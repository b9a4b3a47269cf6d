package io.gatehouse.conformance;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests errors of a plugin with {@code conformance=rfc} beyond the one example of {@link OAuthSituations} for each departure. */
class RfcErrorsTest {
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
}
