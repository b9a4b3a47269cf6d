package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.config.Version;
import io.gatehouse.launch.Manifests.Overlay;
import io.gatehouse.testing.Pem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the commands of docs/how-to/kubernetes.md as they are written, without a cluster: {@code kubectl create} and {@code apply -k},
 * and {@code helm install} render what they would send. Commands that read or change a cluster are recorded instead.
 */
class KubernetesCommandsTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```");
    private static final Pattern VALUES = Pattern.compile("(?ms)^```yaml\n(image: .*?)^```");

    @TempDir
    private Path root;

    @BeforeEach
    void prepare() throws IOException {
        copy(Path.of("k8s"), root.resolve("k8s"));
        for (String name : List.of("tls", "admin")) {
            Files.writeString(root.resolve(name + ".crt"), Pem.read("ec.pem"));
            Files.writeString(root.resolve(name + ".key"), Pem.read("ec.key"));
        }
        Files.writeString(root.resolve("ca.crt"), Pem.read("authority.pem"));
        Files.writeString(root.resolve("password"), "secret");
        Matcher values = VALUES.matcher(Files.readString(Path.of("docs/how-to/kubernetes.md")));
        assertThat(values.find()).isTrue();
        Files.writeString(root.resolve("values.yaml"), values.group(1));
        Files.createFile(root.resolve("sent.yaml"));
        Files.createFile(root.resolve("cluster"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private void program(String name, String script) throws IOException {
        Path program = Files.createDirectories(root.resolve("bin")).resolve(name);
        Files.writeString(program, "#!/bin/sh\nset -eu\n" + script);
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    /** Runs all blocks of the page, one after the other. */
    private void follow(String page) throws Exception {
        program("kubectl", """
                verb=$1
                [ "$verb" != -n ] || verb=$3
                case $verb in
                  create) echo --- >>"$ROOT/sent.yaml"; "$KUBECTL" "$@" --dry-run=client -o yaml >>"$ROOT/sent.yaml" ;;
                  apply) [ "$2" = -k ]; echo --- >>"$ROOT/sent.yaml"; "$KUBECTL" kustomize "$3" >>"$ROOT/sent.yaml" ;;
                  kustomize) "$KUBECTL" "$@" >/dev/null ;;
                  *) "$KUBECTL" "$verb" --help >/dev/null; echo "kubectl $*" >>"$ROOT/cluster" ;;
                esac
                """);
        program("helm", """
                echo "helm $*" >>"$ROOT/cluster"
                [ "$1" = install ] && [ -n "$HELM" ] || exit 0
                shift
                "$HELM" template "$@" --kube-version 1.27.0 >>"$ROOT/helm.yaml"
                """);
        program("curl", "echo \"curl $*\" >>\"$ROOT/cluster\"\n");
        String script = BLOCK.matcher(Files.readString(Path.of(page)))
                .results()
                .map(block -> block.group(1))
                .collect(Collectors.joining("\n", "set -euo pipefail\n", "\nwait\n"));
        Path errors = root.resolve("errors");
        ProcessBuilder shell = new ProcessBuilder("bash", "-c", script)
                .directory(root.toFile())
                .redirectErrorStream(true)
                .redirectOutput(errors.toFile());
        shell.environment().put("PATH", root.resolve("bin") + File.pathSeparator + System.getenv("PATH"));
        shell.environment().put("ROOT", root.toString());
        shell.environment().put("KUBECTL", Manifests.kubectl().toString());
        shell.environment().put("KUBECONFIG", root.resolve("no-cluster").toString());
        shell.environment()
                .put(
                        "HELM",
                        Helm.program()
                                .map(Path::toAbsolutePath)
                                .map(Path::toString)
                                .orElse(""));
        Process process = shell.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
    }

    @Test
    void theCommandsCreateWhatTheManifestsName() throws Exception {
        follow("docs/how-to/kubernetes.md");
        Manifests sent = Manifests.parse(Files.readString(root.resolve("sent.yaml")));

        assertThat(sent.ofKind("Namespace")).extracting(Manifests::name).contains("gatehouse", "gatehouse-dev", "edge");
        assertCreated(sent, Manifests.of(Overlay.PRODUCTION));
        assertThat(value(sent, "gatehouse", "gatehouse-postgres", "url")).isNotEmpty();
        assertThat(value(sent, "edge", "gatehouse-admin-tls", "tls.crt")).isNotEmpty();
        // An overlay that is copied renders what the original does.
        assertThat(sent.ofKind("Deployment"))
                .filteredOn(node -> Manifests.text(node, "/metadata/namespace").equals("edge"))
                .containsExactlyInAnyOrderElementsOf(
                        Manifests.of(Overlay.EXAMPLE).nodes());
    }

    /** The commands create every Secret that the nodes of {@code installed} mount. */
    private static void assertCreated(Manifests sent, Manifests installed) {
        for (JsonNode node : installed.nodes()) {
            assertThat(Manifests.items(Manifests.pod(node).path("volumes"))
                            .map(volume -> volume.path("secret"))
                            .filter(JsonNode::isObject))
                    .isNotEmpty()
                    .allSatisfy(secret -> Manifests.items(secret.path("items"))
                            .forEach(item -> assertThat(value(
                                            sent,
                                            "gatehouse",
                                            Manifests.text(secret, "/secretName"),
                                            Manifests.text(item, "/key")))
                                    .isNotEmpty()));
        }
    }

    private static String value(Manifests manifests, String namespace, String name, String key) {
        JsonNode secret = manifests.ofKind("Secret").stream()
                .filter(candidate -> Manifests.name(candidate).equals(name)
                        && Manifests.text(candidate, "/metadata/namespace").equals(namespace))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no command creates the Secret " + name + " in " + namespace));
        return Objects.requireNonNull(secret.path("data").path(key).asText());
    }

    /** These are not checked here: .ci/rollout and the trial on a cluster are. */
    @Test
    void commandsThatNeedAClusterAreKnown() throws Exception {
        follow("docs/how-to/kubernetes.md");

        assertThat(Files.readAllLines(root.resolve("cluster")))
                .isNotEmpty()
                .allMatch(command -> command.matches("(kubectl (-n \\S+ )?(label|wait|port-forward|rollout|scale)"
                        + "|helm (install|test)|curl) .*"));
    }

    /** kubectl port-forward in the background listens only after a while. */
    @Test
    void theFirstCallOfEachForwardedPort_isRepeatedUntilThePortListens() throws Exception {
        follow("docs/how-to/kubernetes.md");
        List<String> calls = Files.readAllLines(root.resolve("cluster")).stream()
                .filter(command -> command.startsWith("curl "))
                .toList();

        for (String port : List.of("localhost:8001/", "localhost:8000/")) {
            assertThat(calls.stream().filter(call -> call.contains(port)).findFirst())
                    .hasValueSatisfying(call -> assertThat(call).contains("--retry 10 --retry-connrefused"));
        }
    }

    @Test
    void theChartOfTheCommandRenders_withTheSmallestValues() throws Exception {
        assumeTrue(Helm.program().isPresent(), "helm is not installed: the chart is not checked");
        follow("docs/how-to/kubernetes.md");

        Manifests chart = Manifests.parse(Files.readString(root.resolve("helm.yaml")));
        assertCreated(Manifests.parse(Files.readString(root.resolve("sent.yaml"))), chart);
        assertThat(chart.nodes())
                .hasSize(3)
                .allSatisfy(node -> assertThat(Manifests.text(Manifests.container(node), "/image"))
                        .isEqualTo("registry.example/gatehouse:" + Version.current()));
        assertThat(chart.document("Deployment", "gatehouse-proxy").toString()).contains("gatehouse-proxy-tls");
    }
}
