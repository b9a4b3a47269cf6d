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

/** Checks that the alerts of {@code k8s} and the runbook agree. */
class AlertsTest {
    private static final Pattern METRIC = Pattern.compile("gatehouse_\\w+");
    private static final Pattern GROUPS = Pattern.compile("(?:by|on) \\(([^)]*)\\)");

    private JsonNode rules = new ObjectMapper().createArrayNode();

    @BeforeEach
    void read() throws Exception {
        rules = new ObjectMapper(new YAMLFactory())
                .readTree(Path.of("k8s/alerts.yaml").toFile())
                .at("/groups/0/rules");
        assertThat(rules).isNotEmpty();
    }

    @Test
    void everyAlertHasASeverityAndARunbookEntry() throws Exception {
        String documentation = Files.readString(Path.of("docs/runbook.md"));

        for (JsonNode rule : rules) {
            assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning");
            assertThat(rule.at("/annotations/summary").asText()).isNotEmpty();
        }
        assertThat(Pattern.compile("^\\| `(Gatehouse\\w+)` \\| ", Pattern.MULTILINE)
                        .matcher(documentation)
                        .results()
                        .map(row -> row.group(1)))
                .as("rows of the runbook")
                .containsExactlyElementsOf(Manifests.items(rules)
                        .map(rule -> rule.path("alert").asText())
                        .toList());
    }

    /** DashboardTest compares the documented metrics with those that a node exports. */
    @Test
    void everyMetricOfTheRunbookIsDocumented() throws Exception {
        String documented = Files.readString(Path.of("docs/reference/observability.md"));

        assertThat(METRIC.matcher(Files.readString(Path.of("docs/runbook.md")))
                        .results()
                        .map(MatchResult::group))
                .isNotEmpty()
                .allMatch(documented::contains);
    }

    /** A reader of an alert finds its metric on the dashboard. */
    @Test
    void everyMetricOfAnAlertIsOnTheDashboard() throws Exception {
        String dashboard = Files.readString(Path.of("k8s/grafana-dashboard.json"));

        for (JsonNode rule : rules) {
            assertThat(METRIC.matcher(rule.path("expr").asText())
                            .results()
                            .map(MatchResult::group)
                            .map(name -> name.replaceFirst("_(sum|count|bucket)$", "")))
                    .as(rule.path("alert").asText())
                    .isNotEmpty()
                    .allMatch(dashboard::contains);
        }
    }

    @Test
    void theRulesOfTheChartAreTheAlerts() throws Exception {
        assertThat(Files.readString(Helm.CHART.resolve("alerts.yaml")))
                .isEqualTo(Files.readString(Path.of("k8s/alerts.yaml")));
        assertThat(Helm.render("production.yaml")
                        .document("PrometheusRule", "gatehouse")
                        .at("/spec/groups/0/rules"))
                .isEqualTo(rules);
    }

    /** Two installations in one namespace are two clusters. */
    @Test
    void rulesThatCompareTheNodesOfACluster_groupByTheLabelThatTheMonitorsAdd() {
        for (JsonNode monitor : List.of(
                Helm.render("production.yaml").document("PodMonitor", "gatehouse"),
                Helm.render("gateway-api.yaml").document("ServiceMonitor", "gw"))) {
            assertThat(Manifests.text(monitor, "/spec/podTargetLabels/0")).isEqualTo("app.kubernetes.io/instance");
        }
        for (String alert : List.of("GatehouseClusterSplit", "GatehouseConfigurationOld")) {
            assertThat(Manifests.items(rules)
                            .filter(rule -> rule.path("alert").asText().equals(alert))
                            .map(rule -> rule.path("expr").asText()))
                    .hasSize(1)
                    .allSatisfy(expression -> assertThat(
                                    GROUPS.matcher(expression).results().map(group -> group.group(1)))
                            .hasSize(2)
                            .containsOnly("namespace, app_kubernetes_io_instance"));
        }
    }

    /** Flux and other packagers leave out symbolic links. */
    @Test
    void theChartHasNoSymbolicLink() throws Exception {
        try (var files = Files.walk(Helm.CHART)) {
            assertThat(files).isNotEmpty().noneMatch(Files::isSymbolicLink);
        }
    }
}
