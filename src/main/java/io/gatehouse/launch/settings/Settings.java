package io.gatehouse.launch.settings;

import static io.gatehouse.launch.settings.Setting.open;

import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.LogConfig;
import io.gatehouse.config.PublicAddresses;
import io.gatehouse.config.ResponseConfig;
import io.gatehouse.config.ResponseField;
import io.gatehouse.config.Role;
import io.gatehouse.config.StreamListener;
import io.gatehouse.config.TokenConfig;
import io.gatehouse.config.Transport;
import io.gatehouse.launch.settings.Setting.Secrecy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Lists every key. Parsing, the check for unknown keys, {@code --help} and the reference use this list. */
public final class Settings {
    private static final Duration ANY = Duration.ZERO;
    private static final Duration SOME = Duration.ofMillis(1);

    static final Setting<Set<Role>> ROLES =
            open("roles", ValueTypes.ROLES, "proxy,admin,token-issuer", "what this node does");

    static final Setting<Optional<ListenAddress>> PROXY_HTTP =
            open("proxy.http", ValueTypes.ADDRESS_OR_OFF, "0.0.0.0:8000", "plain listener of the proxy, or off");
    static final Setting<Optional<ListenAddress>> PROXY_HTTPS =
            open("proxy.https", ValueTypes.ADDRESS_OR_OFF, "0.0.0.0:8443", "TLS listener of the proxy, or off");
    static final Setting<List<StreamListener>> PROXY_STREAM = open(
            "proxy.stream",
            ValueTypes.STREAM_LISTENERS,
            "off",
            "listeners of the proxy for tcp, tls and tls_passthrough Routes, or off");
    static final Setting<Integer> PROXY_INSTANCES = open(
            "proxy.instances",
            ValueTypes.number(1, 1024),
            null,
            "event loops of a node with the proxy role; one per core");
    static final Setting<List<String>> PROXY_TRUSTED_IPS =
            open("proxy.trusted-ips", ValueTypes.BLOCKS, null, "CIDR blocks whose X-Forwarded-* headers are trusted");
    static final Setting<List<String>> PROXY_NAME_SERVERS = open(
            "proxy.name-servers",
            ValueTypes.NAME_SERVERS,
            null,
            "DNS servers for targets' names; the system's when not set");
    static final Setting<Duration> PROXY_TUNNEL_IDLE_TIMEOUT = open(
            "proxy.tunnel-idle-timeout",
            ValueTypes.duration(SOME),
            "10m",
            "how long a WebSocket may carry no byte, pings included");
    static final Setting<Path> PROXY_CERTIFICATE = open(
            "proxy.certificate", ValueTypes.PATH, null, "PEM certificate chain; self-signed in data-dir when not set");
    static final Setting<Path> PROXY_CERTIFICATE_KEY =
            open("proxy.certificate-key", ValueTypes.PATH, null, "PEM private key of proxy.certificate");
    static final Setting<Duration> PROXY_IDLE_TIMEOUT = open(
            "proxy.idle-timeout",
            ValueTypes.duration(SOME),
            "60s",
            "how long a client may make no progress while the proxy waits for it");
    static final Setting<Integer> PROXY_MIN_RATE = open(
            "proxy.min-rate",
            ValueTypes.number(1, 1_000_000_000),
            "500",
            "bytes per second below which a client makes no progress");

    static final Setting<Set<ResponseField>> PROXY_HEADERS = open(
            "proxy.headers",
            ValueTypes.RESPONSE_FIELDS,
            ResponseConfig.DEFAULT_FIELDS,
            "header fields that the proxy adds to responses");
    static final Setting<String> PROXY_ERROR_DEFAULT_TYPE = open(
            "proxy.error-default-type",
            ValueTypes.ERROR_TYPE,
            ResponseConfig.DEFAULT_ERROR_TYPE,
            "media type of an error if the Accept header selects none");
    static final Setting<Boolean> PROXY_DEBUG_HEADER = open(
            "proxy.debug-header",
            ValueTypes.SWITCH,
            "off",
            "whether a request with Kong-Debug receives the ids and names of its Route and Service");
    static final Setting<Map<Integer, Integer>> PROXY_PUBLIC_PORTS = open(
            "proxy.public-ports",
            ValueTypes.PORT_MAP,
            null,
            "ports that clients connect to, where a port mapping stands before the listeners");
    static final Setting<String> PROXY_REAL_IP_HEADER = open(
            "proxy.real-ip-header",
            ValueTypes.FIELD_NAME,
            PublicAddresses.DEFAULT_REAL_IP_HEADER,
            "header in which a trusted peer names the client's address");
    static final Setting<Boolean> PROXY_REAL_IP_RECURSIVE = open(
            "proxy.real-ip-recursive",
            ValueTypes.SWITCH,
            "off",
            "whether the client's address is the last one of proxy.real-ip-header that is not trusted");

    static final Setting<ListenAddress> ADMIN_HTTP =
            open("admin.http", ValueTypes.ADDRESS, "127.0.0.1:8001", "listener of the Admin API");
    static final Setting<Duration> ADMIN_PROPAGATION_TIMEOUT = open(
            "admin.propagation-timeout",
            // The listener closes the connection of a request that takes two minutes.
            ValueTypes.duration(SOME, Duration.ofMinutes(1)),
            "2s",
            "how long a write waits for every node");
    static final Setting<List<String>> ADMIN_TOKEN = new Setting<>(
            "admin.token",
            ValueTypes.ROTATED_TOKEN,
            null,
            "bearer token that the Admin API requires; during a rotation also a second one",
            Secrecy.SECRET);
    static final Setting<Path> ADMIN_TOKEN_FILE =
            open("admin.token-file", ValueTypes.PATH, null, "file that holds admin.token");
    static final Setting<Boolean> ADMIN_INSECURE =
            open("admin.insecure", ValueTypes.FLAG, "false", "allow admin.http beyond loopback without a token");
    static final Setting<Path> ADMIN_CERTIFICATE =
            open("admin.certificate", ValueTypes.PATH, null, "PEM certificate chain; enables TLS for the Admin API");
    static final Setting<Path> ADMIN_CERTIFICATE_KEY =
            open("admin.certificate-key", ValueTypes.PATH, null, "PEM private key of admin.certificate");
    static final Setting<Path> ADMIN_CLIENT_AUTHORITIES = open(
            "admin.client-authorities", ValueTypes.PATH, null, "PEM authorities of the required client certificates");
    static final Setting<Integer> ADMIN_AUDIT_DAYS = open(
            "admin.audit-days",
            ValueTypes.number(0, 3650),
            String.valueOf(AdminConfig.DEFAULT_AUDIT_RETENTION.toDays()),
            "days for which the audit trail keeps a change; 0 records none");
    static final Setting<Boolean> ADMIN_TEST_CALLS =
            open("admin.test-calls", ValueTypes.SWITCH, null, "whether the console calls the proxy; on for loopback");

    public static final Setting<Optional<ListenAddress>> STATUS_HTTP = open(
            "status.http", ValueTypes.ADDRESS_OR_OFF, "0.0.0.0:8100", "listener of /live, /ready and /metrics, or off");
    static final Setting<Boolean> METRICS_KONG_NAMES = open(
            "metrics.kong-names",
            ValueTypes.FLAG,
            "false",
            "also export kong_* names on /metrics, for dashboards made for Kong");

    static final Setting<PostgresUrl> POSTGRES_URL = new Setting<>(
            "postgres.url",
            ValueTypes.POSTGRES_URL,
            null,
            PostgresUrl.EXPECTED + "; an embedded PostgreSQL when not set",
            Secrecy.PASSWORD_INSIDE);
    static final Setting<String> POSTGRES_USER = open("postgres.user", ValueTypes.TEXT, null, "role to log in as");
    static final Setting<String> POSTGRES_PASSWORD =
            new Setting<>("postgres.password", ValueTypes.TEXT, null, "its password", Secrecy.SECRET);
    static final Setting<Path> POSTGRES_PASSWORD_FILE =
            open("postgres.password-file", ValueTypes.PATH, null, "file that holds postgres.password");
    static final Setting<Integer> POSTGRES_POOL_SIZE =
            open("postgres.pool-size", ValueTypes.number(1, 1000), "10", "connections this node may hold");
    static final Setting<Duration> POSTGRES_WAIT = open(
            "postgres.wait",
            ValueTypes.duration(ANY, Duration.ofDays(1)),
            "0",
            "how long a node that starts waits for a PostgreSQL that is not reachable; 0 ends the start");
    public static final Setting<Path> DATA_DIR = open(
            "data-dir",
            ValueTypes.PATH,
            "./data",
            "directory of the embedded PostgreSQL and the self-signed certificate");

    static final Setting<Boolean> CLUSTER_ENABLED =
            open("cluster.enabled", ValueTypes.FLAG, "false", "join other nodes; false is a cluster of one");
    static final Setting<String> CLUSTER_NAME =
            open("cluster.name", ValueTypes.WORD, "gatehouse", "only nodes with the same name join each other");
    static final Setting<ListenAddress> CLUSTER_BIND = open(
            "cluster.bind", ValueTypes.ADDRESS, "127.0.0.1:5701", "address on which other nodes connect to this one");
    static final Setting<List<String>> CLUSTER_MEMBERS =
            open("cluster.members", ValueTypes.MEMBERS, null, "addresses of other nodes");
    static final Setting<String> CLUSTER_KUBERNETES_SERVICE = open(
            "cluster.kubernetes-service",
            ValueTypes.WORD,
            null,
            "DNS name of the headless Service whose pods are members");
    static final Setting<String> CLUSTER_SECRET = new Setting<>(
            "cluster.secret", ValueTypes.BEARER_TOKEN, null, "secret that all members share", Secrecy.SECRET);
    static final Setting<Path> CLUSTER_SECRET_FILE =
            open("cluster.secret-file", ValueTypes.PATH, null, "file that holds cluster.secret");
    static final Setting<String> CLUSTER_ZONE = open(
            "cluster.zone",
            ValueTypes.WORD,
            null,
            "failure domain of this node; the shared cache has each backup in another one");

    static final Setting<Duration> TOKEN_MAX_STALE = open(
            "token.max-stale",
            ValueTypes.duration(ClusterTimings.LEAST_MAX_STALE),
            TokenConfig.DEFAULT.maxStale().toSeconds() + "s",
            "how long a node that receives no changes accepts cached tokens");
    static final Setting<Integer> TOKEN_CACHE_SIZE = open(
            "token.cache-size",
            ValueTypes.number(0, 100_000_000),
            String.valueOf(TokenConfig.DEFAULT.cacheSize()),
            "credentials that a process caches, for each of seven kinds; some 300 bytes each, and each kind at most a"
                    + " sixteenth of the heap");
    static final Setting<Integer> TOKEN_SHARED_CACHE_SIZE = open(
            "token.shared-cache-size",
            ValueTypes.number(1, 100_000_000),
            String.valueOf(TokenConfig.DEFAULT.sharedCacheSize()),
            "tokens an admin or token-issuer node caches for all, some 500 bytes each and as much again for a backup,"
                    + " together at most a third of the heap");

    static final Setting<Transport> TRANSPORT = open(
            "transport",
            ValueTypes.oneOf(Transport.class),
            "auto",
            "how connections are served; auto is epoll if the machine has it, otherwise nio");

    static final Setting<Duration> DRAIN_DELAY = open(
            "drain-delay",
            ValueTypes.duration(ANY),
            "2s",
            "how long a stopping node still serves after /ready fails; skipped by a proxy without clients or cluster");
    static final Setting<Duration> DRAIN_TIMEOUT = open(
            "drain-timeout", ValueTypes.duration(ANY), "15s", "how long a stopping node waits for requests in flight");

    static final Setting<LogConfig.Format> LOG_FORMAT =
            open("log.format", ValueTypes.oneOf(LogConfig.Format.class), "text", "text for people, json for machines");
    static final Setting<LogConfig.Level> LOG_LEVEL =
            open("log.level", ValueTypes.oneOf(LogConfig.Level.class), "info", "least severe level that is logged");
    static final Setting<Boolean> LOG_ACCESS = open(
            "log.access", ValueTypes.SWITCH, "off", "one line for each proxied request; on in the container image");
    static final Setting<List<String>> LOG_DIRECTORIES = open(
            "log.directories",
            ValueTypes.DIRECTORIES,
            null,
            "below which the file-log plugin may write; logs in data-dir if it is not set");
    static final Setting<Path> LOG_SYSLOG_SOCKET = open(
            "log.syslog-socket",
            ValueTypes.PATH,
            "/dev/log",
            "socket of the machine's syslog daemon, for the syslog plugin");

    /** All settings in the order of the reference. */
    public static final List<Setting<?>> ALL = List.of(
            ROLES,
            PROXY_HTTP,
            PROXY_HTTPS,
            PROXY_STREAM,
            PROXY_INSTANCES,
            PROXY_TRUSTED_IPS,
            PROXY_NAME_SERVERS,
            PROXY_TUNNEL_IDLE_TIMEOUT,
            PROXY_CERTIFICATE,
            PROXY_CERTIFICATE_KEY,
            PROXY_IDLE_TIMEOUT,
            PROXY_MIN_RATE,
            PROXY_HEADERS,
            PROXY_ERROR_DEFAULT_TYPE,
            PROXY_DEBUG_HEADER,
            PROXY_PUBLIC_PORTS,
            PROXY_REAL_IP_HEADER,
            PROXY_REAL_IP_RECURSIVE,
            ADMIN_HTTP,
            ADMIN_PROPAGATION_TIMEOUT,
            ADMIN_TOKEN,
            ADMIN_TOKEN_FILE,
            ADMIN_INSECURE,
            ADMIN_CERTIFICATE,
            ADMIN_CERTIFICATE_KEY,
            ADMIN_CLIENT_AUTHORITIES,
            ADMIN_AUDIT_DAYS,
            ADMIN_TEST_CALLS,
            STATUS_HTTP,
            METRICS_KONG_NAMES,
            POSTGRES_URL,
            POSTGRES_USER,
            POSTGRES_PASSWORD,
            POSTGRES_PASSWORD_FILE,
            POSTGRES_POOL_SIZE,
            POSTGRES_WAIT,
            DATA_DIR,
            CLUSTER_ENABLED,
            CLUSTER_NAME,
            CLUSTER_BIND,
            CLUSTER_MEMBERS,
            CLUSTER_KUBERNETES_SERVICE,
            CLUSTER_SECRET,
            CLUSTER_SECRET_FILE,
            CLUSTER_ZONE,
            TOKEN_MAX_STALE,
            TOKEN_CACHE_SIZE,
            TOKEN_SHARED_CACHE_SIZE,
            TRANSPORT,
            DRAIN_DELAY,
            DRAIN_TIMEOUT,
            LOG_FORMAT,
            LOG_LEVEL,
            LOG_ACCESS,
            LOG_DIRECTORIES,
            LOG_SYSLOG_SOCKET);

    private Settings() {}
}
