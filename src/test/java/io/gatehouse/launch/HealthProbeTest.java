package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.gatehouse.launch.settings.ConfigLoader;
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Gatehouse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthProbeTest {
    @TempDir
    private Path directory;

    private static String authority(String url) {
        return URI.create(url).getAuthority();
    }

    @Test
    void aNodeIsReady_andItsProxyServesWithoutARoute() throws IOException {
        try (Gatehouse node = Gatehouse.start()) {
            assertThat(problem(authority(node.statusUrl("/")), "")).isNull();
            assertThat(HealthProbe.unserved(List.of(authority(node.proxyUrl("/")))))
                    .isNull();
        }
    }

    /** Returns the problem of a node with this variable and file in its working directory, and these arguments. */
    private @Nullable String problem(String variable, String file, String... arguments) throws IOException {
        Files.writeString(directory.resolve("gatehouse.yaml"), file);
        return HealthProbe.problem(
                new ConfigLoader(Map.of("GATEHOUSE_STATUS_HTTP", variable), directory), List.of(arguments));
    }

    @Test
    void theAddressIsThatOfTheFile_unlessTheEnvironmentHasOne() throws IOException {
        String unused = "127.0.0.1:" + FreePort.next();
        try (Gatehouse node = Gatehouse.start()) {
            String used = authority(node.statusUrl("/"));

            assertThat(problem("", "status: {http: '" + used + "'}")).isNull();
            assertThat(problem(used, "status.http: " + unused)).isNull();
            assertThat(problem("", "status.http: " + unused)).startsWith(unused + " does not respond: ");
            assertThat(problem("", "status.http: off")).isNull();
        }
    }

    @Test
    void theFileIsThatOfTheNodesCommandLine() throws IOException {
        String address = "127.0.0.1:" + FreePort.next();
        Path file = Files.writeString(directory.resolve("other.yaml"), "status.http: " + address);

        assertThat(problem("", "status.http: off", "java", "-jar", "gatehouse.jar", "--config", file.toString()))
                .startsWith(address + " does not respond: ");
        assertThat(problem("", "status.http: off", "/sbin/docker-init", "--", "java", "--config=" + file))
                .startsWith(address + " does not respond: ");
    }

    @Test
    void aFileThatCannotBeReadIsAProblem() throws IOException {
        assertThat(problem("", "status: [")).startsWith("gatehouse.yaml");
        assertThat(problem("", "", "--config=" + directory.resolve("missing.yaml")))
                .contains("missing.yaml does not exist");
    }

    /** As the kernel writes {@code /proc/PID/cmdline}. */
    @Test
    void argumentsEndWithAZeroByte() throws IOException {
        Files.writeString(directory.resolve("cmdline"), "java\0-jar\0gatehouse.jar\0--config=/etc/a b.yaml\0");

        assertThat(HealthProbe.commandLine(directory))
                .containsExactly("java", "-jar", "gatehouse.jar", "--config=/etc/a b.yaml");
        assertThat(HealthProbe.commandLine(directory.resolve("hidden"))).isEmpty();
    }

    @Test
    void aServerErrorIsAProblem() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        server.start();
        try {
            assertThat(HealthProbe.unserved(
                            List.of("127.0.0.1:" + server.getAddress().getPort())))
                    .isNotNull();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aListenerThatIsNotThereIsAProblem() {
        String address = "127.0.0.1:" + FreePort.next();

        assertThat(HealthProbe.unserved(List.of(address))).startsWith(address + " does not respond: ");
        assertThat(HealthProbe.unserved(List.of("gatehouse-proxy"))).isEqualTo("expected host:port: gatehouse-proxy");
    }
}
