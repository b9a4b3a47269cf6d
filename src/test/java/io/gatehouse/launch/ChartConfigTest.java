package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.launch.settings.Setting;
import io.gatehouse.launch.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks which variables the chart's value {@code config} may have, and how they reach the nodes. */
class ChartConfigTest {
    private static final Pattern QUOTED = Pattern.compile("\"(GATEHOUSE_[A-Z_]+)\"");
    private static final String PUBLIC_PORTS = "GATEHOUSE_PROXY_PUBLIC_PORTS";
    private static final Pattern OFF = Pattern.compile("\\boff\\b");

    @TempDir
    private Path root;

    static List<String> valueFiles() {
        return Helm.valueFiles();
    }

    /** A variable of a container overrides that of the ConfigMap, which would have no effect. */
    @ParameterizedTest
    @MethodSource("valueFiles")
    void config_refusesTheVariablesThatADeploymentSets(String values) throws Exception {
        List<String> refused = names("/definitions/setting/allOf/0/not/enum");

        assertThat(Helm.render(values).nodes().stream()
                        .flatMap(node ->
                                Manifests.items(Manifests.container(node).path("env")))
                        .map(variable -> Manifests.text(variable, "/name"))
                        .filter(name -> name.startsWith("GATEHOUSE_"))
                        .filter(name -> !name.equals(PUBLIC_PORTS)))
                .isNotEmpty()
                .allMatch(refused::contains);
    }

    /** A node ends at its start if it has a variable of another name, and a variable that the chart omits could not be set. */
    @Test
    void everySettingIsEitherAcceptedOrRefused_andNoOtherNameIs() throws Exception {
        assertThat(Stream.concat(
                        names("/definitions/setting/allOf/0/not/enum").stream(),
                        names("/definitions/setting/allOf/1/enum").stream()))
                .containsExactlyInAnyOrderElementsOf(
                        Settings.ALL.stream().map(Setting::environment).toList());
        assertThat(schema().at("/properties/config/propertyNames/else/$ref")).hasToString("\"#/definitions/setting\"");
    }

    /** Returns the names of a list of the schema. */
    private static List<String> names(String pointer) throws IOException {
        return Manifests.items(schema().at(pointer)).map(JsonNode::asText).toList();
    }

    private static JsonNode schema() throws IOException {
        return new ObjectMapper()
                .readTree(Helm.CHART.resolve("values.schema.json").toFile());
    }

    @Test
    void publicPorts_replaceThoseOfTheService() {
        Manifests manifests = Helm.render("gateway-api.yaml");
        JsonNode proxy = manifests.document("Deployment", "gw-proxy");

        assertThat(manifests.document("Service", "gw-proxy").at("/spec/ports/0/port"))
                .hasToString("80");
        assertThat(new PodConfiguration(manifests, root)
                        .of(proxy)
                        .proxy()
                        .addresses()
                        .ports())
                .containsExactly(Map.entry(8000, 443));
    }

    @Test
    void aListenerThatIsOff_hasNoPort() {
        Manifests manifests = Helm.render("gateway-api.yaml");

        assertThat(new PodConfiguration(manifests, root)
                        .of(manifests.document("Deployment", "gw-proxy"))
                        .proxy()
                        .https())
                .isNull();
        assertThat(manifests.document("Service", "gw-proxy").at("/spec/ports")).hasSize(1);
        assertThat(manifests.document("NetworkPolicy", "gw-proxy").at("/spec/ingress/0/ports"))
                .hasSize(1);
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
