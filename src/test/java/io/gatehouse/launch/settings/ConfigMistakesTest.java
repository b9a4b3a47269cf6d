package io.gatehouse.launch.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.ListenAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests invalid configurations and the one-line error of each. {@link DatabaseUrlTest} tests {@code postgres.url}. */
class ConfigMistakesTest {
    @TempDir
    Path directory = Path.of("");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "roles                     | proxy,gateway    | a list of proxy, admin, token-issuer",
                "roles                     | ','              | a list of proxy, admin, token-issuer",
                "proxy.http                | 8000             | host:port, or off",
                "proxy.https               | false            | host:port, or off",
                "proxy.stream              | 9000             | a list of host:port or host:port ssl, or off",
                "proxy.stream              | 1.2.3.4:9000 tls | a list of host:port or host:port ssl, or off",
                "proxy.stream              | 1.2.3.4:9000,off | a list of host:port or host:port ssl, or off",
                "proxy.stream              | a:1, a:1 ssl     | a list of host:port or host:port ssl, or off",
                "proxy.instances           | 0                | a number from 1 to 1024",
                "proxy.instances           | two              | a number from 1 to 1024",
                "proxy.name-servers        | dns.example:53   | a list of ip:port",
                "proxy.name-servers        | 127.0.0.1        | a list of ip:port",
                "proxy.public-ports        | 80               | a list of public:listener ports",
                "proxy.public-ports        | 0:8000           | a list of public:listener ports",
                "proxy.public-ports        | 80:70000         | a list of public:listener ports",
                "proxy.public-ports        | 80:8000,81:8000  | a list of public:listener ports",
                "cluster.zone              | europe 1a        | a name without spaces",
                "proxy.trusted-ips         | 10.0.0.0/33      | a list of CIDR blocks",
                "proxy.trusted-ips         | 10.0.0/8         | a list of CIDR blocks",
                "proxy.trusted-ips         | 2001:db8::/129   | a list of CIDR blocks",
                "proxy.trusted-ips         | 10.0.0.0/8,      | a list of CIDR blocks",
                "proxy.tunnel-idle-timeout | 0s               | a duration such as 500ms, 2s or 1m, at least 1ms",
                "proxy.tunnel-idle-timeout | off              | a duration such as 500ms, 2s or 1m, at least 1ms",
                "admin.http                | off              | host:port",
                "admin.propagation-timeout | 0s               | a duration such as 500ms, 2s or 1m, at least 1ms",
                "admin.propagation-timeout | 61s              | a duration such as 500ms, 2s or 1m, at least 1ms and at most 60s",
                "admin.propagation-timeout | 2                | a duration such as 500ms, 2s or 1m",
                "admin.insecure            | yes              | true or false",
                "admin.audit-days          | 30d              | a number from 0 to 3650",
                "admin.audit-days          | 3651             | a number from 0 to 3650",
                "admin.test-calls          | true             | on or off",
                "status.http               | localhost:99999  | host:port, or off",
                "postgres.pool-size        | -1               | a number from 1 to 1000",
                "postgres.wait             | 25h              | a duration such as 500ms, 2s or 1m, at most 86400s",
                "cluster.enabled           | 1                | true or false",
                "cluster.name              | two words        | a name without spaces",
                "cluster.bind              | 5701             | host:port",
                "cluster.members           | one:5701,two     | a list of host:port",
                "cluster.members           | one:0            | a list of host:port",
                "token.max-stale           | 1d               | a duration such as 500ms, 2s or 1m, at least 15s",
                "token.max-stale           | 10s              | a duration such as 500ms, 2s or 1m, at least 15s",
                "drain-delay               | -1s              | a duration such as 500ms, 2s or 1m",
                "drain-timeout             | 1.5s             | a duration such as 500ms, 2s or 1m",
                "log.format                | xml              | one of text, json",
                "log.access                | true             | on or off",
                "metrics.kong-names        | yes              | true or false",
                "transport                 | kqueue           | one of nio, epoll, io_uring, auto",
                "log.level                 | loud             | one of trace, debug, info, warn, error"
            })
    void anInvalidValueIsReportedWithKeySourceAndExpectation(String key, String value, String expected)
            throws Exception {
        String variable = Setting.environmentOf(key);

        assertThat(mistake("", Map.of(variable, value)))
                .startsWith(key + " (from " + variable + "): \"" + value + "\" is not valid, expected " + expected);
        assertThat(mistake(key + ": \"" + value + "\"", Map.of()))
                .startsWith(key + " (from gatehouse.yaml): \"" + value + "\" is not valid, expected " + expected);
    }

    @Test
    void anInvalidTokenIsNotPrinted() throws Exception {
        assertThat(mistake("", Map.of("GATEHOUSE_ADMIN_TOKEN", "hunter two")))
                .isEqualTo("admin.token (from GATEHOUSE_ADMIN_TOKEN): the value (not shown here) is not valid, expected"
                        + " printable ASCII without spaces, on one line or two");
    }

    @Test
    void theAdminTokenHasAtMostTwoLines() throws Exception {
        for (String tokens : List.of("one\ntwo\nthree", "one\ntwo three", "one\ntw\u00f6")) {
            Path file = Files.writeString(directory.resolve("token"), tokens);

            assertThat(mistake("", Map.of("GATEHOUSE_ADMIN_TOKEN_FILE", file.toString())))
                    .isEqualTo("admin.token (from " + file + "): the value (not shown here) is not valid, expected"
                            + " printable ASCII without spaces, on one line or two");
        }
    }

    @Test
    void anUnknownKeyInTheFileIsNamedWithTheNearestKey() throws Exception {
        assertThat(mistake("proxy: {htp: 0.0.0.0:80}", Map.of()))
                .isEqualTo("unknown key \"proxy.htp\" in gatehouse.yaml; did you mean proxy.http?"
                        + " (./gatehouse --help lists every key)");
    }

    @Test
    void anUnknownVariableIsNamed() throws Exception {
        assertThat(mistake("", Map.of("GATEHOUSE_FRONT_DOOR", "open")))
                .isEqualTo("unknown key GATEHOUSE_FRONT_DOOR in the environment (./gatehouse --help lists every key)");
    }

    /** Such names are also those of variables that Kubernetes sets, with other values. */
    @ParameterizedTest
    @CsvSource({
        "GATEHOUSE_ADMIN_PORT, 9001",
        "GATEHOUSE_POSTGRES_PORT, 5433",
        "GATEHOUSE_PORT, 127.0.0.1:8000",
        "GATEHOUSE_ADMIN_SERVICE_PORT, off"
    })
    void aPortThatIsNoVariableOfAServiceIsUnknown(String variable, String value) throws Exception {
        assertThat(mistake("", Map.of(variable, value))).startsWith("unknown key " + variable + " in the environment");
    }

    @Test
    void aKeyBelowAKeyIsUnknown() throws Exception {
        assertThat(mistake("data-dir: {path: /tmp}", Map.of())).contains("\"data-dir.path\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster.name: a\ncluster.name: b", "cluster: {name: a}\ncluster.name: b"})
    void aDuplicateKeyIsInvalid(String yaml) throws Exception {
        assertThat(mistake(yaml, Map.of()))
                .startsWith("")
                .contains("gatehouse.yaml")
                .contains("set twice");
    }

    @Test
    void invalidYamlIsReportedByLocationAndNotQuoted() throws Exception {
        assertThat(mistake("admin:\n  token: hunter2\n http: x", Map.of()))
                .startsWith("gatehouse.yaml at line 3")
                .endsWith("not valid YAML")
                .doesNotContain("hunter2");
    }

    @Test
    void aFileWithoutKeysIsInvalid() throws Exception {
        assertThat(mistake("- proxy", Map.of())).startsWith("gatehouse.yaml must hold keys and values");
    }

    /** Otherwise the keys of the second one would have no effect, also the unknown ones. */
    @Test
    void aSecondDocumentIsInvalid() throws Exception {
        assertThat(mistake("log.level: info\n---\nadmin.token: hunter2\n", Map.of()))
                .isEqualTo("gatehouse.yaml has a second document after ---, expected one");
        assertThat(mistake("{log.level: info} admin.token: hunter2", Map.of()))
                .startsWith("gatehouse.yaml")
                .endsWith("not valid YAML");
    }

    /** The parser gives the name of the anchor, which would become the password. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgres: {user: &same gw, password: *same}",
                "postgres.user: &same gw\npostgres.password: *same"
            })
    void anAliasIsInvalid(String yaml) throws Exception {
        assertThat(mistake(yaml, Map.of()))
                .isEqualTo("postgres.password in gatehouse.yaml: an alias such as *anchor is not supported");
    }

    @Test
    void aListOfMappingsIsInvalid() throws Exception {
        assertThat(mistake("cluster.members: [{host: a}]", Map.of()))
                .isEqualTo("cluster.members in gatehouse.yaml: a list may hold only plain values");
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = directory.resolve("missing.yaml");

        assertThatThrownBy(() -> new ConfigLoader(Map.of(), directory).load(file))
                .isInstanceOf(ConfigException.class)
                .hasMessage("the configuration file " + file + " does not exist");
    }

    @Test
    void anAdminApiBeyondLoopbackRequiresAuthentication() throws Exception {
        assertThat(mistake("admin.http: 0.0.0.0:8001", Map.of()))
                .startsWith("admin.http is 0.0.0.0:8001, which other machines reach, and no admin.token is set")
                .contains("GATEHOUSE_ADMIN_TOKEN", "admin.insecure");
    }

    @Test
    void aCertificateAndItsKeyAreRequiredTogether() throws Exception {
        assertThat(mistake("proxy.certificate: /tls.pem", Map.of()))
                .isEqualTo("proxy.certificate-key is not set, expected it together with proxy.certificate");
        assertThat(mistake("proxy.certificate-key: /tls.key", Map.of()))
                .isEqualTo("proxy.certificate is not set, expected it together with proxy.certificate-key");
    }

    @Test
    void anUnreadableCertificateIsNamed() throws Exception {
        assertThat(mistake("proxy: {certificate: /nowhere.pem, certificate-key: /nowhere.key}", Map.of()))
                .isEqualTo("proxy.certificate: /nowhere.pem cannot be read, expected a PEM file");
    }

    @Test
    void aProxyRequiresAListener() throws Exception {
        assertThat(mistake("proxy: {http: off, https: off}", Map.of()))
                .isEqualTo("proxy.http, proxy.https and proxy.stream are off, expected a listener for the role proxy");
    }

    @Test
    void membersAndKubernetesServiceExcludeEachOther() throws Exception {
        assertThat(mistake("cluster: {members: 'a:1', kubernetes-service: b}", Map.of()))
                .startsWith("cluster.members and cluster.kubernetes-service are both set");
    }

    /** The node would be a cluster of one beside the others, on the same database. */
    @Test
    void membersRequireACluster() throws Exception {
        assertThat(mistake("cluster.members: 'a:1'", Map.of()))
                .isEqualTo("cluster.members is set, but cluster.enabled is false: set cluster.enabled"
                        + " (GATEHOUSE_CLUSTER_ENABLED) to true");
        assertThat(mistake("cluster.kubernetes-service: b", Map.of()))
                .startsWith("cluster.kubernetes-service is set, but cluster.enabled is false");
    }

    /** It would wait for them for ever. */
    @Test
    void aProxyWithoutOtherRolesRequiresACluster() throws Exception {
        assertThat(mistake("roles: proxy", Map.of()))
                .isEqualTo("roles is proxy, which needs other nodes, but cluster.enabled is false: set cluster.enabled"
                        + " (GATEHOUSE_CLUSTER_ENABLED) to true, or add the roles admin and token-issuer");
    }

    /** Nodes publish it to each other. Hazelcast would find no interface with it. */
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:5701", "[::]:5701", ":::5701"})
    void aClusterRequiresTheAddressOfThisNode(String bind) throws Exception {
        assertThat(mistake("cluster: {enabled: true, bind: '" + bind + "', secret: a-secret-of-the-members}", Map.of()))
                .isEqualTo("cluster.bind is " + ListenAddress.parse(bind) + ", which is no address that other nodes can"
                        + " connect to, expected an address of this machine");
    }

    @Test
    void aClusterBeyondLoopbackRequiresASecret() throws Exception {
        assertThat(mistake("cluster: {enabled: true, bind: '10.0.0.1:5701'}", Map.of()))
                .startsWith("cluster.bind is 10.0.0.1:5701, which other machines reach, and no cluster.secret is set")
                .contains("GATEHOUSE_CLUSTER_SECRET", "127.0.0.1");
    }

    @Test
    void aSecretAndItsFileInOnePlaceExcludeEachOther() throws Exception {
        assertThat(mistake("admin: {token: hunter2, token-file: /token}", Map.of()))
                .isEqualTo("admin.token and admin.token-file are both set, expected only one of them");
    }

    @Test
    void aMissingOrEmptySecretFileIsNamed() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty"));

        assertThat(mistake("", Map.of("GATEHOUSE_POSTGRES_PASSWORD_FILE", "/nowhere")))
                .isEqualTo("postgres.password-file (from GATEHOUSE_POSTGRES_PASSWORD_FILE): /nowhere cannot be read,"
                        + " expected a file that holds postgres.password");
        assertThat(mistake("postgres.password-file: " + empty, Map.of())).contains(empty + " is empty");
    }

    @Test
    void aMessageIsOneShortLineForAnyValue() throws Exception {
        assertThat(mistake("", Map.of("GATEHOUSE_LOG_LEVEL", "a\nb".repeat(1000))))
                .doesNotContain("\n")
                .hasSizeLessThan(300);
    }

    private String mistake(String yaml, Map<String, String> environment) throws IOException {
        Files.writeString(directory.resolve("gatehouse.yaml"), yaml);
        try {
            new ConfigLoader(environment, directory).load(null);
            return "no mistake was found";
        } catch (ConfigException e) {
            assertThat(e.exitCode()).isEqualTo(2);
            return Objects.requireNonNull(e.getMessage());
        }
    }
}
