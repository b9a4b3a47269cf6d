package io.gatehouse.launch.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests valid configurations. {@link EveryKeyTest} tests each key, and {@link ConfigMistakesTest} invalid configurations. */
class ConfigLoaderTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void aKubernetesServiceCanListTheMembers() throws Exception {
        assertThat(load("cluster: {enabled: true, kubernetes-service: gatehouse-cluster}")
                        .cluster()
                        .kubernetesService())
                .isEqualTo("gatehouse-cluster");
    }

    /** Without brackets, Hazelcast and the check of the join would read the port as the last part of the address. */
    @Test
    void anIpv6AddressOfAMemberNeedsNoBrackets() throws Exception {
        assertThat(load("cluster: {enabled: true, members: ['fd00::7:5701', '[fd00::8]:5701', 'one:5701']}")
                        .cluster()
                        .members())
                .containsExactly("[fd00::7]:5701", "[fd00::8]:5701", "one:5701");
    }

    /** Timeouts are counted in nanoseconds, which overflow after 292 years. */
    @Test
    void aDurationHasAtMostACentury() throws Exception {
        GatehouseConfig config = load("{token.max-stale: 999999999h, drain-timeout: 999h}");

        assertThat(config.token().maxStale()).isEqualTo(Duration.ofDays(36_500));
        assertThat(config.drainTimeout()).isEqualTo(Duration.ofHours(999));
    }

    @Test
    void nestedAndDottedKeysAreEquivalent() throws Exception {
        assertThat(load("proxy: {http: 127.0.0.1:1}")).isEqualTo(load("proxy.http: 127.0.0.1:1"));
    }

    @Test
    void aListCanBeOneTextWithCommas() throws Exception {
        assertThat(load("proxy.trusted-ips: 10.0.0.0/8, 192.0.2.1").proxy().trustedIps())
                .containsExactly("10.0.0.0/8", "192.0.2.1");
    }

    @Test
    void aPasswordThatLooksLikeANumberOrABooleanIsText() throws Exception {
        assertThat(load("postgres.password: 0123_4").postgres().password()).isEqualTo("0123_4");
        assertThat(load("postgres.password: 1e3").postgres().password()).isEqualTo("1e3");
        assertThat(load("postgres.password: on").postgres().password()).isEqualTo("on");
        assertThat(load("postgres.password: 0x1F").postgres().password()).isEqualTo("0x1F");
    }

    @Test
    void theFileOptionSelectsAnotherFile() throws Exception {
        Path file = Files.writeString(directory.resolve("other.yaml"), "cluster.name: other");

        assertThat(new ConfigLoader(Map.of(), directory)
                        .load(file)
                        .config()
                        .cluster()
                        .name())
                .isEqualTo("other");
    }

    @Test
    void emptyValuesAndHeadingsWithoutKeysAreIgnored() throws Exception {
        assertThat(load("proxy:\nadmin.token: \"\"\n", Map.of("GATEHOUSE_CLUSTER_NAME", "")))
                .isEqualTo(load(""));
    }

    @Test
    void secretsAreReadFromFilesWithoutTheFinalLineBreak() throws Exception {
        Path password = Files.writeString(directory.resolve("password"), "pg-secret\n");
        Path token = Files.writeString(directory.resolve("token"), "letmein\n");
        Path secret = Files.writeString(directory.resolve("secret"), "a-secret-of-the-members\n");

        GatehouseConfig config = load(
                "",
                Map.of(
                        "GATEHOUSE_POSTGRES_PASSWORD_FILE",
                        password.toString(),
                        "GATEHOUSE_ADMIN_TOKEN_FILE",
                        token.toString(),
                        "GATEHOUSE_CLUSTER_SECRET_FILE",
                        secret.toString()));

        assertThat(config.postgres().password()).isEqualTo("pg-secret");
        assertThat(config.admin().token()).isEqualTo("letmein");
        assertThat(config.cluster().secret()).isEqualTo("a-secret-of-the-members");
    }

    @Test
    void theAdminTokenMayHaveTwoLines_ofWhichClientsSendTheFirst() throws Exception {
        Path file = Files.writeString(directory.resolve("tokens"), "n3w\r\n\n  0ld \n");

        GatehouseConfig config = load("admin.token-file: " + file, Map.of());

        assertThat(config.admin().tokens()).containsExactly("n3w", "0ld");
        assertThat(config.admin().token()).isEqualTo("n3w");
        assertThat(config.admin()).asString().doesNotContain("n3w", "0ld");
    }

    @Test
    void aSecretInTheEnvironmentOverridesASecretFileOfTheConfigurationFile() throws Exception {
        assertThat(load("admin.token-file: /nowhere", Map.of("GATEHOUSE_ADMIN_TOKEN", "letmein"))
                        .admin()
                        .token())
                .isEqualTo("letmein");
    }

    @Test
    void aProxyNeedsNoDatabase() throws Exception {
        GatehouseConfig config = load("roles: proxy\ncluster.enabled: true");

        assertThat(config.usesDatabase()).isFalse();
        assertThat(config.postgres().url()).isNull();
    }

    @Test
    void keysOfAnotherRoleAreNotChecked() throws Exception {
        assertThat(load("roles: token-issuer\nadmin.http: 0.0.0.0:8001\nproxy: {http: off, https: off}")
                        .roles())
                .containsExactly(Role.TOKEN_ISSUER);
    }

    @Test
    void serviceVariablesOfKubernetesAreIgnored() throws Exception {
        assertThat(load(
                        "",
                        Map.of(
                                "GATEHOUSE_ADMIN_SERVICE_HOST", "10.96.0.1",
                                "GATEHOUSE_ADMIN_SERVICE_PORT", "8001",
                                "GATEHOUSE_ADMIN_SERVICE_PORT_HTTP", "8001",
                                "GATEHOUSE_ADMIN_PORT", "tcp://10.96.0.1:8001",
                                "GATEHOUSE_ADMIN_PORT_8001_TCP", "tcp://10.96.0.1:8001",
                                "GATEHOUSE_ADMIN_PORT_8001_TCP_ADDR", "10.96.0.1",
                                "GATEHOUSE_ADMIN_PORT_8001_TCP_PROTO", "tcp",
                                "GATEHOUSE_ADMIN_PORT_8001_TCP_PORT", "8001",
                                "HOME", "/root")))
                .isEqualTo(load(""));
    }

    private GatehouseConfig load(String yaml) throws IOException, ConfigException {
        return load(yaml, Map.of());
    }

    private GatehouseConfig load(String yaml, Map<String, String> environment) throws IOException, ConfigException {
        Files.writeString(directory.resolve("gatehouse.yaml"), yaml);
        return new ConfigLoader(environment, directory).load(null).config();
    }
}
