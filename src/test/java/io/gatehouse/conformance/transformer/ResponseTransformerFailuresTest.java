package io.gatehouse.conformance.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.AccessLines;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.telemetry.AccessEntry;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests JSON objects that response-transformer cannot edit: the client receives 502. */
class ResponseTransformerFailuresTest extends TransformerTestBase {
    private static void json(HttpServerRequest request) {
        request.response().putHeader("content-type", "application/json").end("{\"secret\":1,\"other\":2}");
    }

    private static void respondJson(String body) {
        api.upstream.behave(request ->
                request.response().putHeader("content-type", "application/json").end(body));
    }

    @Test
    void aResponseThatIsTooLargeToEditIsNotShown() {
        api.upstream.behave(request -> request.response()
                .putHeader("content-type", "application/json")
                .end(Buffer.buffer("{\"secret\":\"" + "x".repeat(2_000_000) + "\"}")));
        Reply reply = api.gatehouse.get(onResponses("remove.json=secret"));
        reply.isMessage(502, "An invalid response was received from the upstream server");
    }

    @Test
    void aBodyThatIsCompressedOrPartialNeverthelessIsNotShown() {
        String path = onResponses("remove.json=secret");
        api.upstream.behave(request -> {
            request.response().putHeader("content-encoding", "gzip");
            json(request);
        });
        api.gatehouse.get(path).isMessage(502, "An invalid response was received from the upstream server");
        api.upstream.behave(request -> {
            request.response().setStatusCode(206);
            json(request);
        });
        RawClient.Answer answer = RawClient.first(api.gatehouse, "GET " + path + " HTTP/1.1\r\nHost: a.test\r\n\r\n");
        assertThat(answer.statusLine()).isEqualTo("HTTP/1.1 502 Bad Gateway");
    }

    @Test
    void aSecondTypeOrEncodingCounts() {
        String path = onResponses("remove.json=secret");
        api.upstream.behave(request -> {
            request.response().headers().add("content-type", "text/plain").add("content-type", "application/json");
            request.response().end("{\"secret\":1,\"other\":2}");
        });
        assertThat(api.gatehouse.get(path).isStatus(200).text()).isEqualTo("{\"other\":2}");
        api.upstream.behave(request -> {
            request.response().headers().add("content-encoding", "identity").add("content-encoding", "gzip");
            json(request);
        });
        api.gatehouse.get(path).isStatus(502);
    }

    @Test
    void aBodyThatTheUpstreamDoesNotCompleteIs502() {
        api.upstream.behave(request -> request.response()
                .putHeader("content-type", "application/json")
                .putHeader("content-length", "100")
                .write("{\"secret\":1")
                .onComplete(written -> request.connection().close()));
        api.gatehouse
                .get(onResponses("remove.json=secret"))
                .isMessage(502, "An invalid response was received from the upstream server");
    }

    /** Python writes and reads NaN, and many readers accept a comma too many. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"secret\":1,\"other\":NaN}",
                "\r\n\t {\"secret\":1,}",
                "\uFEFF{'secret':1}",
                "{\"secret\":1} and more",
                "{\"secret\":1"
            })
    void aBodyThatALessStrictReaderTakesForAnObjectIsNotShown(String body) {
        respondJson(body);
        api.gatehouse
                .get(onResponses("remove.json=secret"))
                .isMessage(502, "An invalid response was received from the upstream server");
    }

    @Test
    void anObjectThatIsNestedTooDeeplyIsNotShown() {
        respondJson("{\"secret\":1,\"deep\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}");
        api.gatehouse.get(onResponses("remove.json=secret")).isStatus(502);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{\"secret\":1}]", "\"{\"", "no JSON", ""})
    void aBodyThatIsNoObjectPasses(String body) {
        respondJson(body);
        assertThat(api.gatehouse
                        .get(onResponses("remove.json=secret"))
                        .isStatus(200)
                        .text())
                .isEqualTo(body);
    }

    @Test
    void aResponseThatCannotBeEditedDoesNotCountAgainstTheTarget() {
        JsonObject unhealthy = new JsonObject().put("tcp_failures", 1).put("http_failures", 1);
        api.gatehouse.create(
                "/upstreams",
                new JsonObject()
                        .put("name", "large.upstream")
                        .put(
                                "healthchecks",
                                new JsonObject().put("passive", new JsonObject().put("unhealthy", unhealthy))));
        api.gatehouse.create(
                "/upstreams/large.upstream/targets",
                new JsonObject().put("target", "127.0.0.1:" + api.upstream.port()));
        api.gatehouse.create("/services", new JsonObject().put("name", "large").put("url", "http://large.upstream"));
        api.gatehouse.create("/services/large/routes", new JsonObject().put("paths", List.of("/large")));
        api.add("/large", "response-transformer", PluginApi.edits("remove.json=secret"));
        api.upstream.behave(request -> {
            request.response().putHeader("content-encoding", "gzip");
            json(request);
        });
        for (int i = 0; i < 3; i++) {
            api.gatehouse.get("/large").isStatus(502);
        }
    }

    @Test
    void aResponseThatCannotBeEditedIsCounted() {
        String path = onResponses("remove.json=secret");
        double before = failures();
        respondJson("{\"secret\":1,}");
        api.gatehouse.get(path).isStatus(502);
        respondJson("{\"secret\":1}");
        api.gatehouse.get(path).isStatus(200);
        await().untilAsserted(() -> assertThat(failures()).isEqualTo(before + 1));
    }

    /** The upstream has responded with 200. */
    @Test
    void a502InPlaceOfAResponseIsTheGatewaysInTheAccessLog() {
        String path = onResponses("remove.json=secret");
        respondJson("{\"secret\":1,}");
        try (AccessLines log = new AccessLines()) {
            String id =
                    Objects.requireNonNull(api.gatehouse.get(path).isStatus(502).header("x-kong-request-id"));
            await().until(() -> log.statusOf(id) == 502);
            AccessEntry entry = Objects.requireNonNull(log.entry(id));
            assertThat(entry.source()).isEqualTo("gateway");
            assertThat(entry.fault()).isEqualTo("upstream");
            assertThat(entry.upstreamNanos()).isPositive();
        }
    }

    private static double failures() {
        String line = "gatehouse_plugin_failures_total{plugin=\"response-transformer\"";
        return Http.send(Http.get(api.gatehouse.statusUrl("/metrics")))
                .text()
                .lines()
                .filter(each -> each.startsWith(line))
                .mapToDouble(each -> Double.parseDouble(each.substring(each.lastIndexOf(' ') + 1)))
                .sum();
    }
}
