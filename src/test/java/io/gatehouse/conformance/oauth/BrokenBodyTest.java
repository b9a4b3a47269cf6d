package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawClient;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Scrape;
import io.gatehouse.testing.Upstream;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests requests to the OAuth endpoints whose body is malformed HTTP. */
class BrokenBodyTest {
    private static Upstream upstream;
    private static Gatehouse gatehouse;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        // The raw client has no TLS.
        gatehouse = Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32")));
        gatehouse.createApi("api", "/api", upstream.port());
        gatehouse.protect("api", OAuthApi.allGrants().put("accept_http_if_already_terminated", true));
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    private static RawClient.Answer send(String endpoint, String rest) {
        return RawClient.send(
                gatehouse,
                "POST /api/oauth2/" + endpoint + " HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n" + rest);
    }

    private static double failures() {
        return Scrape.of(gatehouse).sum("gatehouse_plugin_failures_total", "plugin", "oauth2");
    }

    /** docs/reference/observability.md#metrics: a failure of the plugin is one with a status from 500 on. */
    @ParameterizedTest
    @ValueSource(strings = {"token", "authorize"})
    void malformedChunk_isNoFailureOfThePlugin(String endpoint) {
        assertThat(send(endpoint, "Content-Length: 3\r\n\r\na=b").text()).contains("\"error\":\"invalid_");
        double before = failures();

        RawClient.Answer answer = send(endpoint, "Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\nzz\r\n");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(failures()).isEqualTo(before);
    }
}
