package io.gatehouse.launch.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.launch.Main;
import io.gatehouse.testing.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A process that cannot open its cluster port exits with one line that names the reason. */
class ClusterMistakesTest {
    private record Exit(int exitCode, String errors) {}

    private static Exit run(String bind) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeIf(name -> name.startsWith(Setting.PREFIX));
        builder.environment()
                .putAll(Map.of(
                        "GATEHOUSE_ROLES", "proxy",
                        "GATEHOUSE_PROXY_HTTP", "127.0.0.1:0",
                        "GATEHOUSE_PROXY_HTTPS", "off",
                        "GATEHOUSE_STATUS_HTTP", "127.0.0.1:0",
                        "GATEHOUSE_CLUSTER_ENABLED", "true",
                        "GATEHOUSE_CLUSTER_SECRET", "a-secret-of-this-test",
                        "GATEHOUSE_CLUSTER_BIND", bind));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return new Exit(
                    process.exitValue(), new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("127.0.0.1:" + other.getLocalPort()))
                    .isEqualTo(new Exit(
                            1,
                            "gatehouse: port " + other.getLocalPort()
                                    + " on 127.0.0.1 is already in use: stop the other"
                                    + " process or set cluster.bind (GATEHOUSE_CLUSTER_BIND)\n"));
        }
    }

    /** Uses TEST-NET-1 (RFC 5737), whose addresses no machine has. */
    @Test
    void anAddressOfAnotherMachineIsNamed() throws Exception {
        assertThat(run("192.0.2.1:5701"))
                .isEqualTo(new Exit(
                        1,
                        "gatehouse: 192.0.2.1 is not an address of this machine: set cluster.bind"
                                + " (GATEHOUSE_CLUSTER_BIND)\n"));
    }

    /** As that of a name for which /etc/hosts has 127.0.1.1. Linux binds to it, and Hazelcast finds no interface. */
    @Test
    void anAddressWithoutAnInterfaceIsNamed() throws Exception {
        String bind = "127.1.2.3:" + FreePort.next();

        assertThat(run(bind))
                .isEqualTo(new Exit(
                        1,
                        "gatehouse: the node did not start: cluster.bind is " + bind
                                + ", and no network interface of this machine has the address 127.1.2.3: set cluster.bind"
                                + " (GATEHOUSE_CLUSTER_BIND) to one that other nodes connect to"
                                + " (GATEHOUSE_LOG_LEVEL=debug shows more)\n"));
    }
}
