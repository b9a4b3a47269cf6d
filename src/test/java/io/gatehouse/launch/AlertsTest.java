package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The alerts an operator is given, and what the documentation says to do about each. */
class AlertsTest {
    private static final Pattern METRIC = Pattern.compile("gatehouse_\\w+");
    private static final List<String> METRICS = List.of(
            "gatehouse_requests_total",
            "gatehouse_token_lookups_total",
            "gatehouse_tokens_issued_total",
            "gatehouse_catalog_version",
            "gatehouse_admin_propagation_seconds_sum",
            "gatehouse_admin_propagation_seconds_count",
            "gatehouse_cluster_members",
            "gatehouse_cluster_nodes_elsewhere",
            "gatehouse_database_pool_pending",
            "gatehouse_event_loop_lag_seconds");

    private JsonNode rules = new ObjectMapper().createArrayNode();

    @BeforeEach
    void read() throws Exception {
        rules = new ObjectMapper(new YAMLFactory())
                .readTree(Path.of("k8s/alerts.yaml").toFile())
                .at("/groups/0/rules");
        assertThat(rules).isNotEmpty();
    }

    @Test
    void anAlertAsksForMetricsThatANodeHas() {
        for (JsonNode rule : rules) {
            assertThat(METRIC.matcher(rule.path("expr").asText()).results().map(MatchResult::group))
                    .as(rule.path("alert").asText())
                    .isNotEmpty()
                    .isSubsetOf(METRICS);
        }
    }

    @Test
    void anAlertSaysHowBadItIsAndTheDocumentationWhatToDo() throws Exception {
        String documentation = Files.readString(Path.of("docs/kubernetes.md"));

        for (JsonNode rule : rules) {
            assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning");
            assertThat(rule.at("/annotations/summary").asText()).isNotEmpty();
            assertThat(documentation).contains("| `" + rule.path("alert").asText() + "` | ");
        }
    }
}
