package io.gatehouse.conformance.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that {@code hide_credentials} hides a token that does not count from the upstream. */
class HiddenTokensTest {
    private static final String FORM = "application/x-www-form-urlencoded";

    private static Upstream upstream;
    private static Gatehouse gatehouse;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.create("/consumers", new JsonObject().put("username", "guest"));
        for (String mode : new String[] {"kong", "rfc"}) {
            gatehouse.createApi(mode, "/" + mode, upstream.port());
            gatehouse.protect(
                    mode,
                    new JsonObject()
                            .put("hide_credentials", true)
                            .put("anonymous", "guest")
                            .put("conformance", mode));
        }
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kong", "rfc"})
    void aRepeatedTokenOfAFormIsHidden(String mode) {
        Reply reply = Http.send(Http.request(
                        "POST", gatehouse.proxyUrl("/" + mode), FORM, "access_token=one&a=1&access_token=two"))
                .isStatus(200);
        assertThat(reply.json().getString("body")).isEqualTo("a=1");
    }

    /** RFC 6750 §2 allows one method, so neither token counts. */
    @Test
    void aTokenOfAFormBesideAnotherIsHidden() {
        String form = "access_token=one&a=1";
        Reply besideHeader = Http.send(
                Http.request("POST", gatehouse.proxyUrl("/rfc"), FORM, form).header("Authorization", "Bearer two"));
        Reply besideQuery =
                Http.send(Http.request("POST", gatehouse.proxyUrl("/rfc?access_token=two&b=2"), FORM, form));

        for (Reply reply : new Reply[] {besideHeader, besideQuery}) {
            reply.isStatus(200);
            assertThat(reply.upstreamHeader("x-consumer-username")).isEqualTo("guest");
            assertThat(reply.upstreamHeader("authorization")).isNull();
            assertThat(reply.json().getString("body")).isEqualTo("a=1");
        }
        assertThat(besideQuery.json().getString("uri")).isEqualTo("/?b=2");
    }

    @Test
    void aTokenIsHidden_whenAnEarlierPluginHasAuthenticated() {
        JsonObject signer = gatehouse.create("/consumers/guest/jwt", new JsonObject());
        String jwt = Jwts.hmac(
                "HS256",
                signer.getString("secret").getBytes(UTF_8),
                new JsonObject().put("iss", signer.getString("key")));
        gatehouse.createApi("either", "/either", upstream.port());
        gatehouse.create("/services/either/plugins", new JsonObject().put("name", "jwt"));
        gatehouse.protect(
                "either", new JsonObject().put("hide_credentials", true).put("anonymous", "guest"));

        Reply reply = gatehouse
                .get("/either?jwt=" + jwt + "&access_token=one&a=1", "Authorization", "two")
                .isStatus(200);

        assertThat(reply.upstreamHeader("x-credential-identifier")).isEqualTo(signer.getString("key"));
        assertThat(reply.upstreamHeader("authorization")).isNull();
        assertThat(reply.json().getString("uri")).isEqualTo("/?jwt=" + jwt + "&a=1");
    }
}
