package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.PublicAddresses;
import io.gatehouse.config.ResponseConfig;
import io.gatehouse.config.ResponseField;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of what a response names and of the addresses that clients have; docs/reference/configuration.md. */
class ResponseSettingsTest {
    private static final List<String> SETTABLE = List.of(
            "server",
            "via",
            "x-kong-upstream-latency",
            "x-kong-proxy-latency",
            "x-kong-response-latency",
            "x-kong-upstream-status",
            "x-kong-request-id");

    private static Upstream upstream;
    private static Gatehouse usual;
    private static Gatehouse changed;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        usual = Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of()));
        GatehouseConfig config = Gatehouse.config(TestDatabase.create(), List.of("127.0.0.0/8", "10.0.0.0/8"));
        changed = Gatehouse.start(config.withProxy(config.proxy()
                .with(
                        new PublicAddresses("X-Forwarded-For", true, Map.of()),
                        new ResponseConfig(Set.of(ResponseField.UPSTREAM_STATUS), "text/plain", true))));
        for (Gatehouse each : List.of(usual, changed)) {
            each.createApi("api", "/api", upstream.port());
            each.create("/routes", new JsonObject().put("name", "alone").put("paths", List.of("/alone")));
        }
    }

    @AfterAll
    static void stop() {
        changed.close();
        usual.close();
        upstream.close();
    }

    private static Set<String> settable(Reply reply) {
        Set<String> names = new TreeSet<>();
        reply.response().headers().map().keySet().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        names.retainAll(SETTABLE);
        return names;
    }

    @Test
    void responsesHaveTheFieldsOfTheSetting() {
        assertThat(settable(usual.get("/api")))
                .containsExactly("via", "x-kong-proxy-latency", "x-kong-request-id", "x-kong-upstream-latency");
        assertThat(settable(usual.get("/none")))
                .containsExactly("server", "x-kong-request-id", "x-kong-response-latency");
        assertThat(settable(changed.get("/api"))).containsExactly("x-kong-upstream-status");
        assertThat(settable(changed.get("/none"))).isEmpty();
        assertThat(RawClient.send(changed, "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n")
                        .text())
                .doesNotContainIgnoringCase("\r\nserver:")
                .doesNotContainIgnoringCase("x-kong-");
    }

    @Test
    void theUpstreamStatusIsTheUpstreams() {
        upstream.behave(request -> request.response().setStatusCode(207).end());
        try {
            assertThat(changed.get("/api").isStatus(207).header("x-kong-upstream-status"))
                    .isEqualTo("207");
        } finally {
            upstream.behave(Upstream::echo);
        }
    }

    /** What the upstream or an earlier proxy has written is not the gateway's to hide. */
    @Test
    void viaOfTheUpstreamStays() {
        upstream.behave(request -> request.response()
                .putHeader("Via", "1.1 first")
                .putHeader("Server", "up")
                .end());
        try {
            Reply reply = changed.get("/api");
            assertThat(reply.header("via")).isEqualTo("1.1 first");
            assertThat(reply.header("server")).isEqualTo("up");
        } finally {
            upstream.behave(Upstream::echo);
        }
    }

    @ParameterizedTest
    @CsvSource({
        ",                application/json, text/plain",
        "*/*,             application/json, text/plain",
        "application/json, application/json, application/json",
        "text/html,       text/html,        text/html",
        "application/xml, application/xml,  application/xml"
    })
    void anErrorHasTheTypeOfAcceptOrOfTheSetting(String accept, String usually, String otherwise) {
        String header = accept == null ? "" : "Accept: " + accept + "\r\n";
        String request = "GET /none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + header + "\r\n";
        assertThat(RawClient.send(usual, request).text()).containsIgnoringCase("\r\ncontent-type: " + usually);
        assertThat(RawClient.send(changed, request).text()).containsIgnoringCase("\r\ncontent-type: " + otherwise);
    }

    @Test
    void kongDebugNamesRouteAndServiceOnlyIfAllowed() {
        Reply reply = changed.get("/api", "Kong-Debug", "1");
        assertThat(reply.header("Kong-Route-Name")).isEqualTo("api");
        assertThat(reply.header("Kong-Route-Id")).hasSize(36);
        assertThat(reply.header("Kong-Service-Name")).isEqualTo("api");
        assertThat(reply.header("Kong-Service-Id")).hasSize(36);
        Reply alone = changed.get("/alone", "Kong-Debug", "1").isStatus(503);
        assertThat(alone.header("Kong-Route-Name")).isEqualTo("alone");
        assertThat(alone.header("Kong-Service-Id")).isNull();
        assertThat(changed.get("/api").header("Kong-Route-Id")).isNull();
        assertThat(usual.get("/api", "Kong-Debug", "1").header("Kong-Route-Id")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7,                        192.0.2.7",
        "'198.51.100.9, 192.0.2.7',        192.0.2.7",
        "'192.0.2.7, 10.1.1.1, 10.2.2.2',  192.0.2.7",
        "'192.0.2.7:4711, 10.1.1.1',       192.0.2.7",
        "'[2001:db8::1]:80, 10.1.1.1',     2001:db8::1",
        "'evil, 10.1.1.1',                 10.1.1.1",
        "'evil',                           127.0.0.1",
        "'192.0.2.7, evil',                127.0.0.1"
    })
    void theClientsAddressIsTheLastOneThatIsNotTrusted(String forwarded, String address) {
        Reply reply = changed.get("/api", "X-Forwarded-For", forwarded, "X-Real-IP", "203.0.113.1");
        assertThat(reply.upstreamHeader("x-real-ip")).isEqualTo(address);
        assertThat(reply.upstreamHeader("x-forwarded-for")).isEqualTo(forwarded + ", 127.0.0.1");
        assertThat(usual.get("/api", "X-Forwarded-For", forwarded).upstreamHeader("x-real-ip"))
                .isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPublicPortReplacesTheListeners(boolean isMapped) {
        int port = FreePort.next();
        Map<Integer, Integer> ports = isMapped ? Map.of(port, 9999) : Map.of(port + 1, 9999);
        GatehouseConfig config = Gatehouse.withHttp(Gatehouse.config(TestDatabase.create(), List.of()), port);
        try (Gatehouse mapped = Gatehouse.start(config.withProxy(config.proxy()
                .with(
                        new PublicAddresses(PublicAddresses.DEFAULT_REAL_IP_HEADER, false, ports),
                        ResponseConfig.DEFAULT)))) {
            mapped.createApi("mapped", "/mapped", upstream.port());
            mapped.create("/services/mapped/routes", new JsonObject().put("hosts", List.of("a.test:9999")));
            String request = "GET /mapped HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            assertThat(RawClient.send(mapped, request).text())
                    .contains("\"x-forwarded-port\":\"" + (isMapped ? 9999 : port) + "\"");
            assertThat(RawClient.send(mapped, request.replace("/mapped", "/").replace("Host: a", "Host: a.test"))
                            .status())
                    .isEqualTo(isMapped ? 200 : 404);
        }
    }
}
