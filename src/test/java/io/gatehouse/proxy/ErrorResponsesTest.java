package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The error responses of the gateway (docs/reference/proxy.md#responses). */
class ErrorResponsesTest {
    private static Gatehouse gatehouse;
    private static Upstream upstream;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/api", upstream.port());
        gatehouse
                .admin(
                        "PATCH",
                        "/services/api",
                        new JsonObject().put("read_timeout", 300).put("retries", 0))
                .isStatus(200);
        gatehouse.createApi("refused", "/refused", 1);
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @Test
    void anUnknownPathIs404WithTheRequestIdInHeaderAndBody() {
        Reply reply = gatehouse.get("/nowhere").isMessage(404, "no Route matched with those values");

        assertThat(reply.json().getString("request_id"))
                .matches("[0-9a-f]{32}")
                .isEqualTo(reply.header("x-kong-request-id"));
        assertThat(reply.header("server")).startsWith("gatehouse/");
        assertThat(reply.header("x-kong-response-latency")).matches("\\d+");
        assertThat(reply.header("content-type")).isEqualTo("application/json; charset=utf-8");
    }

    @Test
    void theErrorHasTheFormThatTheClientAccepts() {
        assertThat(gatehouse.get("/nowhere", "Accept", "text/plain").text())
                .startsWith("no Route matched with those values\n");
        assertThat(gatehouse.get("/nowhere", "Accept", "text/html").header("content-type"))
                .isEqualTo("text/html; charset=utf-8");
        assertThat(gatehouse.get("/nowhere", "Accept", "application/xml").text())
                .contains("<message>no Route matched with those values</message>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%zz", "/a%00b", "/../etc/passwd", "/a/..%2f..%2fb", "/a\\b", "/..;/b", "*"})
    void anAmbiguousTargetIsABadRequest(String target) {
        assertThat(RawClient.send(gatehouse, "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aTargetBeyond8KiBIsTooLong() {
        RawClient.Answer answer =
                RawClient.send(gatehouse, "GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(answer.status()).isEqualTo(414);
        assertThat(answer.text()).contains("\"message\":\"URI too long\"");
        gatehouse.get("/" + "a".repeat(8_000)).isStatus(404);
    }

    @Test
    void headersBeyond32KiBAreTooLarge() {
        RawClient.Answer answer =
                RawClient.send(gatehouse, "GET /api HTTP/1.1\r\nHost: a\r\nX-A: " + "a".repeat(40_000) + "\r\n\r\n");
        assertThat(answer.status()).isEqualTo(431);
        assertThat(answer.text()).contains("\"message\":\"Request header or cookie too large\"");
        gatehouse.get("/nowhere", "X-A", "a".repeat(32_000)).isStatus(404);
    }

    @Test
    void moreThan256FieldsAreTooLargeBeforeTheHeadEnds() {
        String head = "GET /api HTTP/1.1\r\nConnection: close\r\nHost: a\r\n";
        assertThat(RawClient.send(gatehouse, head + "a: b\r\n".repeat(254) + "\r\n")
                        .status())
                .isEqualTo(200);
        assertThat(RawClient.send(gatehouse, head + "a: b\r\n".repeat(256)).status())
                .isEqualTo(431);
    }

    @Test
    void moreThan256TrailerFieldsAreTooLargeBeforeTheyEnd() {
        String request =
                "POST /api HTTP/1.1\r\nConnection: close\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
        assertThat(RawClient.send(gatehouse, request + "a: b\r\n".repeat(256) + "\r\n")
                        .status())
                .isEqualTo(200);
        RawClient.Answer answer = RawClient.send(gatehouse, request + "a:\r\n".repeat(257));
        assertThat(answer.status()).isEqualTo(431);
        assertThat(answer.closed()).isTrue();
    }

    @Test
    void anHttpsRouteRespondsWithItsConfiguredStatus() {
        gatehouse.create(
                "/services/api/routes",
                new JsonObject().put("paths", List.of("/secure")).put("protocols", List.of("https")));
        gatehouse.create(
                "/services/api/routes",
                new JsonObject()
                        .put("paths", List.of("/moved"))
                        .put("protocols", List.of("https"))
                        .put("https_redirect_status_code", 301));

        assertThat(gatehouse
                        .get("/secure")
                        .isMessage(426, "Please use HTTPS protocol")
                        .header("upgrade"))
                .isEqualTo("TLS/1.2, HTTP/1.1");
        assertThat(gatehouse.get("/moved/x?y=1").isStatus(301).header("location"))
                .isEqualTo("https://127.0.0.1/moved/x?y=1");
        Http.send(Http.get(gatehouse.secureUrl("/secure"))).isStatus(200);
    }

    @Test
    void aRouteWithoutAServiceIs503AndOneWithADisabledServiceIsNone() {
        gatehouse.create("/routes", new JsonObject().put("paths", List.of("/alone")));
        gatehouse.get("/alone").isMessage(503, "no Service found with those values");

        gatehouse.createApi("off", "/off", upstream.port());
        gatehouse
                .admin("PATCH", "/services/off", new JsonObject().put("enabled", false))
                .isStatus(200);
        gatehouse.get("/off").isMessage(404, "no Route matched with those values");
    }

    @Test
    void anUpstreamThatRefusesTheConnectionIs502() {
        gatehouse.get("/refused").isMessage(502, "An invalid response was received from the upstream server");
    }

    @Test
    void anUpstreamThatClosesTheConnectionIs502() {
        upstream.behave(request -> request.connection().close());
        try {
            gatehouse.get("/api").isMessage(502, "An invalid response was received from the upstream server");
        } finally {
            upstream.behave(Upstream::echo);
        }
    }

    @Test
    void anUpstreamThatDoesNotRespondIs504() {
        upstream.behave(request -> {});
        try {
            gatehouse.get("/api").isMessage(504, "The upstream server is timing out");
        } finally {
            upstream.behave(Upstream::echo);
        }
    }
}
