package io.gatehouse.launch.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.ClientLimits;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.LogConfig;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.PostgresTls;
import io.gatehouse.config.ProxyConfig;
import io.gatehouse.config.PublicAddresses;
import io.gatehouse.config.ResponseConfig;
import io.gatehouse.config.ResponseField;
import io.gatehouse.config.Role;
import io.gatehouse.config.StatusConfig;
import io.gatehouse.config.StreamListener;
import io.gatehouse.config.TokenConfig;
import io.gatehouse.config.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the default and a value of every key, from the file and from the environment. */
class EveryKeyTest {
    @TempDir
    Path directory = Path.of("");

    @Test
    void withoutSettingsTheDefaultsOfTheReferenceApply() throws Exception {
        assertThat(load("", Map.of()))
                .isEqualTo(new GatehouseConfig(
                        EnumSet.allOf(Role.class),
                        new ProxyConfig(
                                new ListenAddress("0.0.0.0", 8000),
                                new ListenAddress("0.0.0.0", 8443),
                                List.of(),
                                Runtime.getRuntime().availableProcessors(),
                                List.of(),
                                List.of(),
                                null,
                                null,
                                new ClientLimits(Duration.ofSeconds(60), 500, Duration.ofMinutes(10)),
                                PublicAddresses.DEFAULT,
                                ResponseConfig.DEFAULT),
                        new AdminConfig(
                                new ListenAddress("127.0.0.1", 8001), Duration.ofSeconds(2), List.of(), false, null),
                        new StatusConfig(new ListenAddress("0.0.0.0", 8100), false),
                        new PostgresConfig(null, null, null, 10),
                        new ClusterConfig(
                                false, "gatehouse", new ListenAddress("127.0.0.1", 5701), List.of(), null, null),
                        new TokenConfig(Duration.ofSeconds(60), 500_000, 1_000_000),
                        new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.INFO),
                        Transport.AUTO,
                        Path.of("data").toAbsolutePath(),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(15)));
    }

    @Test
    void everyKeyCanBeSetInTheFile() throws Exception {
        Path certificate = Files.writeString(directory.resolve("tls.pem"), "certificate");
        Path key = Files.writeString(directory.resolve("tls.key"), "key");

        assertThat(load("""
                roles: [proxy, admin]
                proxy:
                  http: off
                  https: "[::1]:9443"
                  stream: ["0.0.0.0:9000", "[::1]:9444 ssl"]
                  instances: 3
                  trusted-ips: [10.0.0.0/8, "2001:db8::/32"]
                  name-servers: ["127.0.0.1:5353", "[::1]:53"]
                  tunnel-idle-timeout: 90s
                  certificate: %s
                  certificate-key: %s
                  idle-timeout: 30s
                  min-rate: 1000
                  headers: [Via, server, x-kong-upstream-status]
                  error-default-type: text/plain
                  debug-header: on
                  public-ports: ["443:8443", "80:8000"]
                  real-ip-header: X-Forwarded-For
                  real-ip-recursive: on
                admin:
                  http: 0.0.0.0:9001
                  propagation-timeout: 500ms
                  token: letmein
                  insecure: true
                  audit-days: 90
                  test-calls: on
                status.http: off
                postgres:
                  url: postgresql://db.example/gw
                  user: alice
                  password: pg-secret
                  pool-size: 20
                  wait: 15m
                data-dir: /var/lib/gatehouse
                cluster:
                  enabled: true
                  name: blue
                  bind: 10.1.2.3:5701
                  members: [10.1.2.4:5701, "other:5702"]
                  secret: a-secret-of-the-members
                  zone: europe-1a
                token: {max-stale: 1m, cache-size: 1000, shared-cache-size: 2000}
                transport: epoll
                drain-delay: 5s
                drain-timeout: 1h
                log:
                  format: json
                  level: debug
                  access: on
                  directories: /var/log/gatehouse
                  syslog-socket: /run/systemd/journal/dev-log
                metrics.kong-names: true
                """.formatted(certificate, key), Map.of())).isEqualTo(everythingSet(certificate, key));
    }

    @Test
    void everyKeyCanBeSetInTheEnvironmentWhichOverridesTheFile() throws Exception {
        Path certificate = Files.writeString(directory.resolve("tls.pem"), "certificate");
        Path key = Files.writeString(directory.resolve("tls.key"), "key");
        Map<String, String> environment = Map.ofEntries(
                Map.entry("GATEHOUSE_ROLES", "proxy, admin"),
                Map.entry("GATEHOUSE_PROXY_HTTP", "off"),
                Map.entry("GATEHOUSE_PROXY_HTTPS", "[::1]:9443"),
                Map.entry("GATEHOUSE_PROXY_STREAM", "0.0.0.0:9000, [::1]:9444  ssl"),
                Map.entry("GATEHOUSE_PROXY_INSTANCES", "3"),
                Map.entry("GATEHOUSE_PROXY_TRUSTED_IPS", "10.0.0.0/8,2001:db8::/32"),
                Map.entry("GATEHOUSE_PROXY_NAME_SERVERS", "127.0.0.1:5353,[::1]:53"),
                Map.entry("GATEHOUSE_PROXY_TUNNEL_IDLE_TIMEOUT", "90s"),
                Map.entry("GATEHOUSE_PROXY_CERTIFICATE", certificate.toString()),
                Map.entry("GATEHOUSE_PROXY_CERTIFICATE_KEY", key.toString()),
                Map.entry("GATEHOUSE_PROXY_IDLE_TIMEOUT", "30s"),
                Map.entry("GATEHOUSE_PROXY_MIN_RATE", "1000"),
                Map.entry("GATEHOUSE_PROXY_HEADERS", "Via, server, x-kong-upstream-status"),
                Map.entry("GATEHOUSE_PROXY_ERROR_DEFAULT_TYPE", "text/plain"),
                Map.entry("GATEHOUSE_PROXY_DEBUG_HEADER", "on"),
                Map.entry("GATEHOUSE_PROXY_PUBLIC_PORTS", "443:8443, 80:8000"),
                Map.entry("GATEHOUSE_PROXY_REAL_IP_HEADER", "X-Forwarded-For"),
                Map.entry("GATEHOUSE_PROXY_REAL_IP_RECURSIVE", "on"),
                Map.entry("GATEHOUSE_ADMIN_HTTP", "0.0.0.0:9001"),
                Map.entry("GATEHOUSE_ADMIN_PROPAGATION_TIMEOUT", "500ms"),
                Map.entry("GATEHOUSE_ADMIN_TOKEN", "letmein"),
                Map.entry("GATEHOUSE_ADMIN_INSECURE", "true"),
                Map.entry("GATEHOUSE_ADMIN_AUDIT_DAYS", "90"),
                Map.entry("GATEHOUSE_ADMIN_TEST_CALLS", "on"),
                Map.entry("GATEHOUSE_STATUS_HTTP", "off"),
                Map.entry("GATEHOUSE_POSTGRES_URL", "postgres://db.example:5432/gw"),
                Map.entry("GATEHOUSE_POSTGRES_USER", "alice"),
                Map.entry("GATEHOUSE_POSTGRES_PASSWORD", "pg-secret"),
                Map.entry("GATEHOUSE_POSTGRES_POOL_SIZE", "20"),
                Map.entry("GATEHOUSE_POSTGRES_WAIT", "15m"),
                Map.entry("GATEHOUSE_DATA_DIR", "/var/lib/gatehouse"),
                Map.entry("GATEHOUSE_CLUSTER_ENABLED", "true"),
                Map.entry("GATEHOUSE_CLUSTER_NAME", "blue"),
                Map.entry("GATEHOUSE_CLUSTER_BIND", "10.1.2.3:5701"),
                Map.entry("GATEHOUSE_CLUSTER_MEMBERS", "10.1.2.4:5701,other:5702"),
                Map.entry("GATEHOUSE_CLUSTER_SECRET", "a-secret-of-the-members"),
                Map.entry("GATEHOUSE_CLUSTER_ZONE", "europe-1a"),
                Map.entry("GATEHOUSE_TOKEN_MAX_STALE", "1m"),
                Map.entry("GATEHOUSE_TOKEN_CACHE_SIZE", "1000"),
                Map.entry("GATEHOUSE_TOKEN_SHARED_CACHE_SIZE", "2000"),
                Map.entry("GATEHOUSE_TRANSPORT", "epoll"),
                Map.entry("GATEHOUSE_DRAIN_DELAY", "5s"),
                Map.entry("GATEHOUSE_DRAIN_TIMEOUT", "1h"),
                Map.entry("GATEHOUSE_LOG_FORMAT", "json"),
                Map.entry("GATEHOUSE_LOG_LEVEL", "debug"),
                Map.entry("GATEHOUSE_LOG_ACCESS", "on"),
                Map.entry("GATEHOUSE_LOG_DIRECTORIES", "/var/log/gatehouse"),
                Map.entry("GATEHOUSE_LOG_SYSLOG_SOCKET", "/run/systemd/journal/dev-log"),
                Map.entry("GATEHOUSE_METRICS_KONG_NAMES", "true"));

        assertThat(load("proxy: {http: 1.2.3.4:5, instances: 1}\nlog.level: error", environment))
                .isEqualTo(everythingSet(certificate, key));
    }

    private static GatehouseConfig everythingSet(Path certificate, Path key) {
        return new GatehouseConfig(
                EnumSet.of(Role.PROXY, Role.ADMIN),
                new ProxyConfig(
                        null,
                        new ListenAddress("::1", 9443),
                        List.of(
                                new StreamListener(new ListenAddress("0.0.0.0", 9000), false),
                                new StreamListener(new ListenAddress("::1", 9444), true)),
                        3,
                        List.of("10.0.0.0/8", "2001:db8::/32"),
                        List.of("127.0.0.1:5353", "[::1]:53"),
                        certificate,
                        key,
                        new ClientLimits(Duration.ofSeconds(30), 1000, Duration.ofSeconds(90)),
                        new PublicAddresses("X-Forwarded-For", true, Map.of(8443, 443, 8000, 80)),
                        new ResponseConfig(
                                Set.of(ResponseField.VIA, ResponseField.SERVER, ResponseField.UPSTREAM_STATUS),
                                "text/plain",
                                true)),
                new AdminConfig(
                        new ListenAddress("0.0.0.0", 9001),
                        Duration.ofMillis(500),
                        List.of("letmein"),
                        true,
                        null,
                        Duration.ofDays(90),
                        true),
                new StatusConfig(null, true),
                new PostgresConfig(
                        "postgresql://db.example:5432/gw",
                        "alice",
                        "pg-secret",
                        20,
                        false,
                        PostgresTls.PREFERRED,
                        Map.of(),
                        Duration.ofMinutes(15)),
                new ClusterConfig(
                        true,
                        "blue",
                        new ListenAddress("10.1.2.3", 5701),
                        List.of("10.1.2.4:5701", "other:5702"),
                        null,
                        "a-secret-of-the-members",
                        "europe-1a"),
                new TokenConfig(Duration.ofMinutes(1), 1_000, 2_000),
                new LogConfig(
                        LogConfig.Format.JSON,
                        LogConfig.Level.DEBUG,
                        true,
                        List.of(Path.of("/var/log/gatehouse")),
                        Path.of("/run/systemd/journal/dev-log")),
                Transport.EPOLL,
                Path.of("/var/lib/gatehouse"),
                Duration.ofSeconds(5),
                Duration.ofHours(1));
    }

    private GatehouseConfig load(String yaml, Map<String, String> environment) throws IOException, ConfigException {
        Files.writeString(directory.resolve("gatehouse.yaml"), yaml);
        return new ConfigLoader(environment, directory).load(null).config();
    }
}
