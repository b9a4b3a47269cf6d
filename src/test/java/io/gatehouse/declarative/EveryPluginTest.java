package io.gatehouse.declarative;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.entity.plugin.PluginSchema;
import io.gatehouse.entity.plugin.PluginSchemas;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests a state with every plugin. {@code .ci/kong} syncs the same state with decK's reconciler. */
class EveryPluginTest {
    private static final Path STATE = Path.of("src/test/interop/kong/states/every-plugin.yaml");
    private static StateApi api;

    @BeforeAll
    static void start() {
        api = new StateApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void aSecondImportAndOneOfTheExportChangeNothing() throws IOException, StateException {
        String state = Files.readString(STATE);
        int plugins = PluginSchemas.installed().size();
        assertThat(api.run(state).changes()).hasSize(2 + plugins);
        assertThat(api.run(state).summary()).isEqualTo("created 0, updated 0, deleted 0, unchanged " + (2 + plugins));
        assertThat(api.gatehouse.admin("GET", "/plugins?size=1000").json().getJsonArray("data").stream()
                        .map(plugin -> ((JsonObject) plugin).getString("name")))
                .containsExactlyInAnyOrderElementsOf(PluginSchemas.installed().stream()
                        .map(PluginSchema::name)
                        .toList());

        assertThat(api.run(api.export()).summary())
                .isEqualTo("created 0, updated 0, deleted 0, unchanged " + (2 + plugins));
    }
}
