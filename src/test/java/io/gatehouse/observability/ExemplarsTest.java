package io.gatehouse.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the traces that the histogram of request durations names. */
class ExemplarsTest {
    private static final String SAMPLED = "0af7651916cd43dd8448eb211c80319c";
    private static final String UNSAMPLED = "1af7651916cd43dd8448eb211c80319c";
    /** What Prometheus sends. */
    private static final String ACCEPT = "application/openmetrics-text;version=1.0.0;q=0.6,"
            + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.2";

    private static final Pattern EXEMPLAR = Pattern.compile(
            "(?m)^gatehouse_request_duration_seconds_bucket\\{([^}]*)} \\d+ # \\{([^}]*)} ([0-9.eE-]+)");

    private static Upstream upstream;
    private static Gatehouse gatehouse;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        // Nothing listens there: whether spans arrive does not matter here.
        gatehouse = Gatehouse.start(
                Gatehouse.config(TestDatabase.create(), List.of()),
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"));
        gatehouse.createApi("traced", "/traced", upstream.port());
        gatehouse.createApi("untraced", "/untraced", upstream.port());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    private static void call(String path, String trace, String flags) {
        gatehouse
                .get(path, "traceparent", "00-" + trace + "-b7ad6b7169203331-" + flags)
                .isStatus(200);
    }

    private static Reply scrape(String... headers) {
        return Http.send(Http.get(gatehouse.statusUrl("/metrics"), headers)).isStatus(200);
    }

    @Test
    void theBucketOfASampledRequestNamesItsTrace() {
        call("/untraced", UNSAMPLED, "00");
        call("/traced", SAMPLED, "01");

        await().untilAsserted(() -> assertThat(
                        EXEMPLAR.matcher(scrape("Accept", ACCEPT).text()).results())
                .anySatisfy(exemplar -> {
                    assertThat(exemplar.group(1)).contains("route=\"traced\"");
                    assertThat(exemplar.group(2))
                            .contains("trace_id=\"" + SAMPLED + "\"")
                            .containsPattern("span_id=\"[0-9a-f]{16}\"");
                    assertThat(Double.parseDouble(exemplar.group(3))).isBetween(0.0, 30.0);
                }));
        assertThat(scrape("Accept", ACCEPT).text())
                .endsWith("# EOF\n")
                .contains("route=\"untraced\"")
                .doesNotContain(UNSAMPLED);
    }

    @Test
    void otherClientsGetTheTextFormatWithoutExemplars() {
        call("/traced", SAMPLED, "01");

        for (String accept :
                List.of("*/*", "text/plain", "application/openmetrics-text;q=0", ACCEPT.replace("1.0.0", "2.0.0"))) {
            Reply reply = scrape("Accept", accept);
            assertThat(reply.header("content-type")).as(accept).startsWith("text/plain; version=0.0.4");
            assertThat(reply.text()).as(accept).doesNotContain("trace_id");
        }
    }
}
