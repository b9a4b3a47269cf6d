package io.gatehouse.conformance.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the proxy-cache plugin behind the sign-in of browsers. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CachedPagesTest {
    private final List<String> credentials = Collections.synchronizedList(new ArrayList<>());

    private static Reply is(Reply reply, String status) {
        assertThat(reply.isStatus(200).header("x-cache-status"))
                .as(reply.text())
                .isEqualTo(status);
        return reply;
    }

    @Test
    void browsersWithOtherSessionsShareNoResponse_whenTheUpstreamReceivesNoCredential() {
        try (SignInProvider idp = new SignInProvider();
                PluginApi api = new PluginApi()) {
            api.upstream.behave(request -> {
                credentials.addAll(request.headers().getAll("cookie"));
                credentials.addAll(request.headers().getAll("authorization"));
                request.response()
                        .putHeader("content-type", "text/plain")
                        .putHeader("cache-control", "public")
                        .end("response " + api.upstream.requests());
            });
            String path = api.protectedBy("openid-connect", idp.config());
            api.add(path, "proxy-cache", new JsonObject().put("strategy", "memory"));
            api.add(path, "request-transformer", PluginApi.edits("remove.headers=authorization"));
            String page = api.gatehouse.proxyUrl(path + "/page");
            Browser first = new Browser();
            Browser second = new Browser();
            first.signIn(page).isStatus(200);
            second.signIn(page).isStatus(200);

            String stored = is(first.script(page), "Miss").text();
            assertThat(is(first.script(page), "Hit").text()).isEqualTo(stored);
            assertThat(is(second.script(page), "Miss").text()).isNotEqualTo(stored);
            assertThat(is(first.script(page), "Hit").text()).isEqualTo(stored);
            assertThat(new Browser().script(page).isStatus(401).text()).isNotEqualTo(stored);
            assertThat(credentials).isEmpty();
        }
    }
}
