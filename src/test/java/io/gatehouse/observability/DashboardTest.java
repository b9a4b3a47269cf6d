package io.gatehouse.observability;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Scrape;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Checks that a node with traffic of every kind exports all metrics that dashboard, alerts and documentation name. */
class DashboardTest {
    private static final Path DASHBOARD = Path.of("k8s/grafana-dashboard.json");
    private static final Path ALERTS = Path.of("k8s/alerts.yaml");
    private static final Path DOCUMENTATION = Path.of("docs/reference/observability.md");
    private static final Pattern OUR_METRIC = Pattern.compile("`(gatehouse_[a-z_]+)`");
    private static final Pattern SELECTOR =
            Pattern.compile("\\b((?:gatehouse|jvm|process)_[a-z_]+)\\b(?:\\{([^}]*)\\})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on|group_left)\\s*\\(([^)]+)\\)");
    private static final Pattern HELP = Pattern.compile("(?m)^# HELP (\\S+) \\S.*$");
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) ");
    private static final Pattern VARIABLE = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");

    /** Labels that Prometheus adds to each series of a pod; the last by the chart's monitors. */
    private static final Set<String> FROM_PROMETHEUS = Set.of("instance", "namespace", "app_kubernetes_io_instance");

    private static final List<String> OF_HISTOGRAMS = List.of("_bucket", "_sum", "_count");

    private static Scrape exported;

    @BeforeAll
    static void sendTraffic() {
        try (Upstream upstream = Upstream.start();
                Gatehouse gatehouse = Gatehouse.start()) {
            gatehouse.createApi("api", "/api", upstream.port());
            gatehouse.protect(
                    "api", new JsonObject().put("global_credentials", true).put("enable_revocation", true));
            JsonObject application = gatehouse.register("alex", new JsonObject());
            String token = gatehouse.clientCredentialsToken("/api", application);
            gatehouse.getWithToken("/api", token).isStatus(200);
            Http.send(Http.form(
                            gatehouse.secureUrl("/api/oauth2/revoke"),
                            Map.of(
                                    "token",
                                    token,
                                    "client_id",
                                    application.getString("client_id"),
                                    "client_secret",
                                    application.getString("client_secret"))))
                    .isStatus(200);
            gatehouse.create("/upstreams", new JsonObject().put("name", "pool"));
            gatehouse.create("/upstreams/pool/targets", new JsonObject().put("target", "127.0.0.1:80"));
            exported = Scrape.of(gatehouse);
        }
    }

    /** Checks that the metrics of an expression exist and have the labels that it selects and groups by. */
    private static void assertFinds(String expression) {
        Set<String> labels = new TreeSet<>();
        for (MatchResult selector : SELECTOR.matcher(expression).results().toList()) {
            Set<String> own = labelsOf(selector.group(1));
            labels.addAll(own);
            assertThat(MATCHER.matcher(Objects.requireNonNullElse(selector.group(2), ""))
                            .results())
                    .as("labels in %s", selector.group())
                    .allSatisfy(matcher -> assertThat(matcher.group(1)).isIn(own));
        }
        assertThat(labels).as("labels of the metrics in %s", expression).isNotEmpty();
        assertThat(GROUPING.matcher(expression).results())
                .flatMap(grouping -> List.of(grouping.group(1).split(",\\s*")))
                .as("labels that %s groups by", expression)
                .allSatisfy(label -> assertThat(label).isIn(labels));
    }

    private static Set<String> labelsOf(String metric) {
        assertThat(exported.find(metric)).as("series of %s", metric).isNotEmpty();
        Set<String> labels = new TreeSet<>(FROM_PROMETHEUS);
        exported.find(metric).forEach(sample -> labels.addAll(sample.labels().keySet()));
        return labels;
    }

    @Test
    void everyMetricOfTheDashboardIsExported() throws IOException {
        JsonObject dashboard = new JsonObject(Files.readString(DASHBOARD, UTF_8));
        List<String> expressions = dashboard.getJsonArray("panels").stream()
                .map(JsonObject.class::cast)
                .flatMap(panel -> panel.getJsonArray("targets", new JsonArray()).stream())
                .map(target -> ((JsonObject) target).getString("expr"))
                .toList();

        assertThat(expressions).isNotEmpty().allSatisfy(DashboardTest::assertFinds);
        assertThat(VARIABLE.matcher(dashboard.encode()).results().toList())
                .isNotEmpty()
                .allSatisfy(variable -> assertThat(variable.group(2)).isIn(labelsOf(variable.group(1))));
    }

    @Test
    void everyMetricOfTheAlertsIsExported() throws IOException {
        JsonNode rules =
                new ObjectMapper(new YAMLFactory()).readTree(ALERTS.toFile()).at("/groups/0/rules");

        assertThat(rules)
                .isNotEmpty()
                .allSatisfy(rule -> assertFinds(rule.path("expr").asText()));
    }

    @Test
    void exactlyTheExportedMetricsAreDocumented() throws IOException {
        Set<String> ours = new TreeSet<>();
        for (String name : exported.names()) {
            if (name.startsWith("gatehouse_")) {
                ours.add(family(name));
            }
        }
        Set<String> documented = OUR_METRIC
                .matcher(Files.readString(DOCUMENTATION, UTF_8))
                .results()
                .map(metric -> metric.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        // Exported only after a replayed grant.
        documented.remove("gatehouse_token_families_revoked_total");

        assertThat(documented).isEqualTo(ours);
    }

    @Test
    void everyKindOfLookupIsDocumented() throws IOException {
        String documentation = Files.readString(DOCUMENTATION, UTF_8);

        assertThat(exported.find("gatehouse_token_lookups_total"))
                .isNotEmpty()
                .allSatisfy(sample -> assertThat(documentation)
                        .containsPattern("`kind`: [^.]*`" + sample.labels().get("kind") + "`"));
    }

    /** Returns the family of a histogram's series, without the maximum that Micrometer adds to a timer. */
    private static String family(String name) {
        for (String suffix : OF_HISTOGRAMS) {
            if (name.endsWith("_seconds" + suffix)) {
                return name.substring(0, name.length() - suffix.length());
            }
        }
        return name.endsWith("_seconds_max") ? name.substring(0, name.length() - "_max".length()) : name;
    }

    @Test
    void everyExportedMetricHasAHelpText() {
        Set<String> helped = HELP.matcher(exported.toString())
                .results()
                .map(line -> line.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> typed = TYPE.matcher(exported.toString())
                .results()
                .map(line -> line.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(typed).hasSizeGreaterThan(30).isEqualTo(helped);
    }

    @Test
    void panelsOfFailuresShowZeroBeforeTheFirstFailure() throws IOException {
        List<String> expressions = new JsonObject(Files.readString(DASHBOARD, UTF_8))
                .getJsonArray("panels").stream()
                        .map(JsonObject.class::cast)
                        .filter(panel -> panel.getString("title").startsWith("Fail"))
                        .map(panel ->
                                panel.getJsonArray("targets").getJsonObject(0).getString("expr"))
                        .toList();

        assertThat(expressions)
                .hasSize(2)
                .allSatisfy(expression -> assertThat(expression).contains("or vector(0)"));
    }

    @Test
    void theDashboardHasTheFormOfGrafana() throws IOException {
        JsonObject dashboard = new JsonObject(Files.readString(DASHBOARD, UTF_8));

        assertThat(dashboard.getString("title")).isEqualTo("Gatehouse");
        assertThat(dashboard.getJsonArray("panels").stream().map(JsonObject.class::cast))
                .allSatisfy(panel -> assertThat(panel.getString("title")).isNotBlank())
                .filteredOn(panel -> !panel.getString("type").equals("row"))
                .hasSizeGreaterThan(15)
                .allSatisfy(panel -> assertThat(panel.getJsonArray("targets")).isNotEmpty());
    }
}
