package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checks that the alerts of {@code k8s} and the runbook agree. */
class AlertsTest {
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
            assertThat(documentation).contains("| `" + rule.path("alert").asText() + "` | ");
        }
    }
}
