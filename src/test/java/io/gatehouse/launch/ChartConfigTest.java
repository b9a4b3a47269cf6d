package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.launch.settings.Setting;
import io.gatehouse.launch.settings.Settings;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Checks which variables the chart's value {@code config} may have, and how they reach the nodes. */
class ChartConfigTest {
    private static final Pattern QUOTED = Pattern.compile("\"(GATEHOUSE_[A-Z_]+)\"");
    private static final Pattern OFF = Pattern.compile("\\boff\\b");

    /** A variable of a container overrides that of the ConfigMap, which would have no effect. */
    @Test
    void config_refusesTheVariablesThatEachDeploymentSets() throws Exception {
        JsonNode schema = new ObjectMapper()
                .readTree(Helm.CHART.resolve("values.schema.json").toFile());
        List<String> refused = Manifests.items(schema.at("/properties/config/propertyNames/not/enum"))
                .map(JsonNode::asText)
                .toList();

        assertThat(Helm.render("small.yaml").nodes().stream()
                        .flatMap(node ->
                                Manifests.items(Manifests.container(node).path("env")))
                        .map(variable -> Manifests.text(variable, "/name"))
                        .filter(name -> name.startsWith("GATEHOUSE_")))
                .isNotEmpty()
                .allMatch(refused::contains);
    }

    /** Helm reads the values of these variables as true and false, which stop a node. */
    @Test
    void onAndOff_areWrittenForEachVariableThatHasThem() throws Exception {
        String template = Files.readString(Helm.CHART.resolve("templates/config.yaml"));

        assertThat(QUOTED.matcher(template).results().map(name -> name.group(1)))
                .containsExactlyInAnyOrderElementsOf(Settings.ALL.stream()
                        .filter(setting ->
                                OFF.matcher(setting.kind().expected()).find())
                        .map(Setting::environment)
                        .toList());
    }

    @Test
    void onAndOff_startTheNodes() {
        JsonNode data =
                Helm.render("small.yaml").document("ConfigMap", "gatehouse").path("data");

        assertThat(Manifests.text(data, "/GATEHOUSE_LOG_ACCESS")).isEqualTo("off");
        assertThat(Manifests.text(data, "/GATEHOUSE_PROXY_DEBUG_HEADER")).isEqualTo("on");
        assertThat(Manifests.text(data, "/GATEHOUSE_METRICS_KONG_NAMES")).isEqualTo("true");
    }
}
