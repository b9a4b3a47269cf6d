package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks which variables the chart's value {@code config} may have. */
class ChartConfigTest {
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
}
