package io.gatehouse.launch.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.StreamListener;
import io.gatehouse.config.Version;
import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.launch.settings.ConfigLoader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BannerTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void anAllInOneNodePrintsListenersWarningsAndTheNextStep() throws Exception {
        GatehouseConfig config = load(Map.of("GATEHOUSE_DATA_DIR", "/home/alice/data"));

        var started = new Banner.Started(
                config.withPostgres(
                        config.postgres().at("postgresql://127.0.0.1:5000/gatehouse", "gatehouse", "secret")),
                new ListenAddress("0.0.0.0", 8000),
                new ListenAddress("0.0.0.0", 8443),
                List.of(
                        new StreamListener(new ListenAddress("0.0.0.0", 9000), false),
                        new StreamListener(new ListenAddress("10.0.0.1", 9443), true)),
                new ListenAddress("127.0.0.1", 8001),
                new ListenAddress("0.0.0.0", 8100),
                Duration.ofMillis(1234));

        assertThat(Banner.lines(started))
                .containsExactly(
                        "Gatehouse " + Version.current() + " (proxy, admin, token-issuer) started in 1234 ms",
                        "  proxy      http://localhost:8000  https://localhost:8443",
                        "  streams    localhost:9000  10.0.0.1:9443 (TLS)",
                        "  Admin API  http://127.0.0.1:8001",
                        "  console    http://127.0.0.1:8001/console",
                        "  status     http://localhost:8100/ready",
                        "  database   /home/alice/data",
                        "  ! embedded PostgreSQL, for one machine only: set postgres.url for anything more",
                        "  try next   ./gatehouse demo");
    }

    @Test
    void aProxyPrintsNoDatabase() throws Exception {
        var started = new Banner.Started(
                load(Map.of(
                        "GATEHOUSE_ROLES", "proxy",
                        "GATEHOUSE_CLUSTER_ENABLED", "true",
                        "GATEHOUSE_PROXY_HTTPS", "off")),
                new ListenAddress("10.0.0.1", 80),
                null,
                List.of(),
                null,
                null,
                Duration.ofMillis(900));

        assertThat(Banner.lines(started))
                .containsExactly(
                        "Gatehouse " + Version.current() + " (proxy) started in 900 ms",
                        "  proxy      http://10.0.0.1:80");
    }

    @Test
    void anExternalDatabaseIsPrintedWithoutCredentials() throws Exception {
        GatehouseConfig config = load(Map.of("GATEHOUSE_POSTGRES_URL", "postgresql://alice:hunter2@db.example/gw"));
        var started = new Banner.Started(config, null, null, List.of(), null, null, Duration.ofMillis(1));

        assertThat(Banner.lines(started))
                .contains("  database   db.example:5432")
                .noneMatch(line -> line.contains("!"));
        assertThat(Banner.lines(started).toString()).doesNotContain("hunter2");
    }

    @Test
    void anAdminApiWithoutAuthenticationPrintsAWarning() throws Exception {
        GatehouseConfig config = load(Map.of(
                        "GATEHOUSE_ADMIN_HTTP", "0.0.0.0:8001", "GATEHOUSE_ADMIN_INSECURE", "true"))
                .withPostgres(new PostgresConfig("postgresql://db:5432/gw", null, null, 1));
        var started = new Banner.Started(
                config, null, null, List.of(), new ListenAddress("0.0.0.0", 8001), null, Duration.ofMillis(1));

        assertThat(Banner.lines(started))
                .contains(
                        "  ! the Admin API accepts every request that reaches it, without authentication (admin.insecure)");
    }

    @Test
    void withoutATerminalTheBannerHasNoColours() throws Exception {
        var out = new ByteArrayOutputStream();
        GatehouseConfig config = load(Map.of());
        config = config.withPostgres(config.postgres().at("postgresql://127.0.0.1:1/gatehouse", "u", "p"));

        Banner.print(
                new Banner.Started(config, null, null, List.of(), null, null, Duration.ofMillis(1)),
                new PrintStream(out, true, UTF_8));

        assertThat(out.toString(UTF_8)).contains("  ! embedded PostgreSQL").doesNotContain("\u001b");
    }

    @Test
    void withJsonLogsTheBannerIsOneLogEntry() throws Exception {
        var out = new ByteArrayOutputStream();

        Banner.print(
                new Banner.Started(
                        load(Map.of("GATEHOUSE_LOG_FORMAT", "json")),
                        null,
                        null,
                        List.of(),
                        null,
                        null,
                        Duration.ofMillis(1)),
                new PrintStream(out, true, UTF_8));

        assertThat(out.size()).isZero();
    }

    private GatehouseConfig load(Map<String, String> environment) throws ConfigException {
        return new ConfigLoader(environment, directory).load(null).config();
    }
}
