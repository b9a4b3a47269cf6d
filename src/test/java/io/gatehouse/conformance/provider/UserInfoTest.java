package io.gatehouse.conformance.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the method {@code userinfo} of openid-connect. */
class UserInfoTest extends ProviderTest {

    private String path() {
        return protectedBy(idp.config("userinfo"));
    }

    @Test
    void aTokenThatTheEndpointAcceptsIsAcceptedAndTheResultIsCached() {
        idp.check = request -> new JsonObject().put("sub", "anna").put("groups", List.of("staff"));
        String path = protectedBy(idp.config("userinfo").put("groups_required", List.of("staff")));
        Reply reply = withToken(path, "opaque").isStatus(200);
        assertThat(reply.upstreamHeader("x-subject")).isEqualTo("anna");
        withToken(path, "opaque").isStatus(200);
        assertThat(idp.requests).hasSize(1);
        // The client's own authentication is not sent.
        assertThat(idp.requests.get(0))
                .containsEntry("path", "/userinfo")
                .containsEntry("authorization", "Bearer opaque")
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403})
    void aTokenThatTheEndpointRejectsIsInvalid(int status) {
        idp.own = request -> request.response().setStatusCode(status).end("<html>no JSON</html>");
        isInvalidToken(withToken(path(), "opaque"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"html", "redirect", "500", "100 MB", "slow"})
    void aProviderThatDoesNotDecideIsUnavailable(String way) {
        idp.own = request -> fail(way, request);
        isUnavailable(withToken(protectedBy(idp.config("userinfo").put("timeout", 1_000)), "opaque"));
        assertThat(idp.requests).hasSize(1);
    }

    @Test
    void aResponseWithoutASubjectIsUnavailable() {
        idp.check = request -> new JsonObject().put("error", "login required");
        isUnavailable(withToken(path(), "opaque"));
        idp.check = request -> new JsonObject().put("status", 404);
        isUnavailable(withToken(path(), "opaque"));
    }

    @Test
    void theResultForAJwtIsCachedUntilItsExpiry() {
        idp.check = request -> new JsonObject().put("sub", "anna");
        String path = path();
        String token = idp.sign(idp.claims().put("exp", CheckingProvider.now() + 2));
        withToken(path, token).isStatus(200);
        idp.check = request -> new JsonObject().put("status", 401);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> withToken(path, token).status() == 401);
    }

    @Test
    void theEndpointDecidesAfterTheIntrospection() {
        idp.check = request -> "/introspect".equals(request.get("path"))
                ? new JsonObject().put("active", false)
                : new JsonObject().put("sub", "anna");
        withToken(protectedBy(idp.config("userinfo", "introspection")), "opaque")
                .isStatus(200);
        assertThat(idp.requests).extracting(request -> request.get("path")).containsExactly("/introspect", "/userinfo");
    }
}
