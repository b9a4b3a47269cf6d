package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Scopes per route: RFC 6750 §3.1. */
class RequiredScopesTest {
    private static OAuthApi api;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject().put("required_scopes", List.of("email", "profile")));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void aTokenWithEveryRequiredScopePasses() {
        api.call(api.tokens("scope", "profile email").getString("access_token")).isStatus(200);
    }

    @Test
    void aTokenThatLacksOneIsForbiddenAndToldWhatIsNeeded() {
        Reply reply = api.call(api.tokens("scope", "email").getString("access_token"));

        reply.isError(
                403, "insufficient_scope", "The request requires higher privileges than provided by the access token");
        assertThat(reply.header("www-authenticate"))
                .isEqualTo("Bearer error=\"insufficient_scope\", error_description=\"The request requires higher"
                        + " privileges than provided by the access token\", scope=\"email profile\"");
    }
}
