package io.gatehouse.faults;

import static io.gatehouse.faults.TestCluster.pass;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.faults.TokenLedger.Token;
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.PostgresProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests nodes whose clocks are five minutes fast or slow. PostgreSQL's clock is right. */
@Tag("fault")
class ClockSkewIT {
    /** The library of Debian's package libfaketime. */
    private static final @Nullable Path FAKETIME = find();

    private static final Duration AFTER = Duration.ofSeconds(5);
    private static final Map<String, String> CLOCKS = new LinkedHashMap<>();

    static {
        CLOCKS.put("issuer-fast", "+300s");
        CLOCKS.put("issuer-slow", "-300s");
        CLOCKS.put("admin-right", "+0s");
        CLOCKS.put("proxy-right", "+0s");
        CLOCKS.put("proxy-fast", "+300s");
        CLOCKS.put("proxy-slow", "-300s");
    }

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        if (FAKETIME == null) {
            throw FaultTable.cannot("wrong clocks", "libfaketime is not installed");
        }
        if (!isClockWrong()) {
            throw FaultTable.cannot("wrong clocks", "libfaketime does not work with this JVM");
        }
        Path directory = TestCluster.directory("clocks");
        PostgresProcess postgres = PostgresProcess.start(directory, FreePort.next());
        List<NodeProcess> nodes = new ArrayList<>();
        CLOCKS.forEach((name, skew) -> {
            NodeProcess node = NodeProcess.named(name, NodePlace.loopback(), directory);
            clock(skew).forEach(node::export);
            nodes.add(node);
        });
        String issuers = nodes.get(0).clusterAddress() + "," + nodes.get(1).clusterAddress();
        for (NodeProcess node : nodes) {
            node.set("CLUSTER_MEMBERS", issuers);
            if (!node.name.startsWith("proxy")) {
                node.set("POSTGRES_URL", postgres.url("127.0.0.1"));
            }
        }
        cluster = new TestCluster(postgres, nodes, "127.0.0.1");
    }

    private static @Nullable Path find() {
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(Path.of("/usr/lib"), directory -> Files.isReadable(library(directory)))) {
            Iterator<Path> directories = found.iterator();
            return directories.hasNext() ? library(directories.next()) : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Finds the library, which is in a directory of the architecture. */
    private static Path library(Path directory) {
        return directory.resolve("faketime").resolve("libfaketime.so.1");
    }

    /** The environment of a process whose clock has that offset. */
    private static Map<String, String> clock(String skew) {
        return Map.of(
                "LD_PRELOAD",
                String.valueOf(FAKETIME),
                "FAKETIME",
                skew,
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                // Otherwise it changes waits on the monotonic clock, and a JVM does not start.
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0");
    }

    private static boolean isClockWrong() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Clock.class.getName());
        builder.environment().putAll(clock("+300s"));
        Process process = builder.redirectErrorStream(true).start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            return false;
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return said.matches("\\d+") && Long.parseLong(said) - System.currentTimeMillis() > 200_000;
    }

    /** Prints the time of the process's clock. */
    static final class Clock {
        private Clock() {}

        public static void main(String[] args) {
            System.out.println(System.currentTimeMillis());
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void nodesWithWrongClocks_makeNoWrongDecision() throws Exception {
        cluster.issue(60);
        Tally tally = cluster.under("clocks 5 min fast and slow", Duration.ofSeconds(10), AFTER, load -> {});
        assertThat(tally.failures(any -> true)).isEmpty();
        cluster.assertAgreement();
        cluster.assertEveryProxyRejectsARevokedToken();
    }

    @Test
    void shortLivedToken_expiresByPostgresqlsClock_onEveryProxy() throws Exception {
        JsonObject plugin = Http.send(Http.get(cluster.admins.nodes().get(0).url("/services/api/plugins")))
                .json()
                .getJsonArray("data")
                .getJsonObject(0);
        String path = "/plugins/" + plugin.getString("id");
        int life = 20;
        expiration(path, life);
        try {
            List<Token> tokens = new ArrayList<>();
            SplittableRandom random = new SplittableRandom(13);
            long before = System.nanoTime();
            for (int i = 0; i < 6; i++) {
                tokens.add(cluster.issue(cluster.proxies.nodes().get(i % 3), cluster.clientCredentials(random)));
            }
            for (NodeProcess proxy : cluster.proxies.nodes()) {
                assertThat(tokens)
                        .as("accepted by %s", proxy)
                        .allSatisfy(token -> assertThat(Http.send(TestCluster.call(proxy, token.access))
                                        .status())
                                .isEqualTo(200));
            }
            pass(Duration.ofSeconds(life + 3).minusNanos(System.nanoTime() - before));
            for (NodeProcess proxy : cluster.proxies.nodes()) {
                assertThat(tokens)
                        .as("rejected by %s", proxy)
                        .allSatisfy(token -> assertThat(Http.send(TestCluster.call(proxy, token.access))
                                        .status())
                                .isEqualTo(401));
            }
        } finally {
            expiration(path, 7_200);
        }
    }

    private static void expiration(String plugin, int seconds) {
        Http.send(Http.json(
                        "PATCH",
                        cluster.admins.nodes().get(0).url(plugin),
                        "{\"config\":{\"token_expiration\":" + seconds + "}}"))
                .isStatus(200);
    }
}
