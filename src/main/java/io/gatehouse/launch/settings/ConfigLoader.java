package io.gatehouse.launch.settings;

import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.ClientLimits;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LogConfig;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.ProxyConfig;
import io.gatehouse.config.PublicAddresses;
import io.gatehouse.config.ResponseConfig;
import io.gatehouse.config.StatusConfig;
import io.gatehouse.config.TokenConfig;
import io.gatehouse.launch.settings.RawSettings.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the configuration file and the environment, and checks all values before anything starts. */
public final class ConfigLoader {
    private static final String DEFAULT_FILE = "gatehouse.yaml";
    private static final int FROM_FILE = 1;
    private static final int FROM_ENVIRONMENT = 2;

    /**
     * Kubernetes sets such variables in every pod for each Service of its namespace, such as gatehouse-admin. Their values differ
     * from those of a mistaken key, such as GATEHOUSE_ADMIN_PORT=9001.
     */
    private static final Pattern SERVICE_LINK = Pattern.compile("GATEHOUSE(_\\w+)?_("
            + "SERVICE_HOST=.*|SERVICE_PORT(_\\w+)?=\\d+"
            + "|PORT(_\\d+_(TCP|UDP|SCTP))?=(tcp|udp|sctp)://.*"
            + "|PORT_\\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)=.*)");

    private final Map<String, String> environment;
    private final Path workingDirectory;

    public ConfigLoader(Map<String, String> environment, Path workingDirectory) {
        this.environment = Map.copyOf(environment);
        this.workingDirectory = workingDirectory;
    }

    /** Holds the configuration, and the texts it was built from. */
    public record Loaded(GatehouseConfig config, RawSettings values) {}

    /** Reads a duration of the command line, in the form of the settings' durations. */
    public static Duration duration(String option, String text) throws ConfigException {
        try {
            return ValueTypes.duration(Duration.ZERO).parser().parse(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(
                    option + ": " + RawSettings.quote(text) + " is not valid, expected a duration such as 10m", e);
        }
    }

    /** Reads {@code file}, or {@code gatehouse.yaml} if it exists, and the environment, which overrides it. */
    public Loaded load(@Nullable Path file) throws ConfigException {
        Map<String, Text> texts = new TreeMap<>();
        Optional<Path> chosen = chosen(file);
        if (chosen.isPresent()) {
            readFile(chosen.get(), texts);
        }
        readEnvironment(texts);
        RawSettings values = new RawSettings(texts);
        GatehouseConfig config = build(values);
        ConfigRules.check(config);
        return new Loaded(config, values);
    }

    /** Returns the text of one key as {@link #load} reads it, or its default. Other keys are not checked. */
    public @Nullable String text(Setting<?> setting, @Nullable Path file) throws ConfigException {
        String text = environment.getOrDefault(setting.environment(), "");
        Optional<Path> chosen = chosen(file);
        if (text.isBlank() && chosen.isPresent()) {
            text = ConfigFile.read(chosen.get()).getOrDefault(setting.key(), "");
        }
        return text.isBlank() ? setting.fallback() : text.strip();
    }

    private Optional<Path> chosen(@Nullable Path file) {
        return file != null
                ? Optional.of(file)
                : Optional.of(workingDirectory.resolve(DEFAULT_FILE)).filter(Files::exists);
    }

    private static void readFile(Path file, Map<String, Text> texts) throws ConfigException {
        String name = file.getFileName().toString();
        for (Map.Entry<String, String> entry : ConfigFile.read(file).entrySet()) {
            String key = entry.getKey();
            // A heading without keys, such as "proxy:", is ignored.
            boolean heading =
                    Settings.ALL.stream().anyMatch(setting -> setting.key().startsWith(key + "."));
            if (heading && entry.getValue().isEmpty()) {
                continue;
            }
            if (Settings.ALL.stream().noneMatch(setting -> setting.key().equals(key))) {
                throw unknown(RawSettings.quote(key) + " in " + name, key);
            }
            put(texts, key, new Text(entry.getValue(), name, FROM_FILE));
        }
    }

    private void readEnvironment(Map<String, Text> texts) throws ConfigException {
        for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
            String name = entry.getKey();
            if (!name.startsWith(Setting.PREFIX)) {
                continue;
            }
            Optional<Setting<?>> setting = Settings.ALL.stream()
                    .filter(candidate -> candidate.environment().equals(name))
                    .findFirst();
            if (setting.isPresent()) {
                put(texts, setting.get().key(), new Text(entry.getValue(), name, FROM_ENVIRONMENT));
            } else if (!SERVICE_LINK.matcher(name + "=" + entry.getValue()).matches()) {
                throw unknown(name + " in the environment", name);
            }
        }
    }

    /** Ignores an empty value, because compose files and pod specs also pass variables that are not set. */
    private static void put(Map<String, Text> texts, String key, Text text) {
        if (!text.value().isBlank()) {
            texts.put(key, new Text(text.value().strip(), text.source(), text.rank()));
        }
    }

    private static ConfigException unknown(String what, String name) {
        String nearest = Settings.ALL.stream()
                .flatMap(setting -> List.of(setting.key(), setting.environment()).stream())
                .min(Comparator.comparingInt(candidate -> EditDistance.distance(candidate, name)))
                .filter(candidate -> EditDistance.distance(candidate, name) <= 3)
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
        return new ConfigException("unknown key " + what + nearest + " (./gatehouse --help lists every key)");
    }

    private static AdminConfig.@Nullable Tls adminTls(RawSettings values) throws ConfigException {
        Path certificate = values.find(Settings.ADMIN_CERTIFICATE).orElse(null);
        Path key = values.find(Settings.ADMIN_CERTIFICATE_KEY).orElse(null);
        Path authorities = values.find(Settings.ADMIN_CLIENT_AUTHORITIES).orElse(null);
        if (certificate != null && key != null) {
            return new AdminConfig.Tls(certificate, key, authorities);
        }
        if (certificate != null || key != null || authorities != null) {
            throw new ConfigException(
                    (certificate == null ? Settings.ADMIN_CERTIFICATE : Settings.ADMIN_CERTIFICATE_KEY).key()
                            + " is not set, expected admin.certificate and admin.certificate-key together");
        }
        return null;
    }

    private static GatehouseConfig build(RawSettings values) throws ConfigException {
        return new GatehouseConfig(
                values.get(Settings.ROLES),
                proxy(values),
                new AdminConfig(
                        values.get(Settings.ADMIN_HTTP),
                        values.get(Settings.ADMIN_PROPAGATION_TIMEOUT),
                        secret(values, Settings.ADMIN_TOKEN, Settings.ADMIN_TOKEN_FILE)
                                .orElse(List.of()),
                        values.get(Settings.ADMIN_INSECURE),
                        adminTls(values),
                        Duration.ofDays(values.get(Settings.ADMIN_AUDIT_DAYS)),
                        values.find(Settings.ADMIN_TEST_CALLS)
                                .orElse(values.get(Settings.ADMIN_HTTP).isLoopback())),
                new StatusConfig(
                        values.get(Settings.STATUS_HTTP).orElse(null), values.get(Settings.METRICS_KONG_NAMES)),
                postgres(values),
                new ClusterConfig(
                        values.get(Settings.CLUSTER_ENABLED),
                        values.get(Settings.CLUSTER_NAME),
                        values.get(Settings.CLUSTER_BIND),
                        values.find(Settings.CLUSTER_MEMBERS).orElse(List.of()),
                        values.find(Settings.CLUSTER_KUBERNETES_SERVICE).orElse(null),
                        secret(values, Settings.CLUSTER_SECRET, Settings.CLUSTER_SECRET_FILE)
                                .orElse(null),
                        values.find(Settings.CLUSTER_ZONE).orElse(null)),
                new TokenConfig(
                        values.get(Settings.TOKEN_MAX_STALE),
                        values.get(Settings.TOKEN_CACHE_SIZE),
                        values.get(Settings.TOKEN_SHARED_CACHE_SIZE)),
                new LogConfig(
                        values.get(Settings.LOG_FORMAT),
                        values.get(Settings.LOG_LEVEL),
                        values.get(Settings.LOG_ACCESS),
                        values.find(Settings.LOG_DIRECTORIES).orElse(List.of()).stream()
                                .map(Path::of)
                                .toList(),
                        values.get(Settings.LOG_SYSLOG_SOCKET)),
                values.get(Settings.TRANSPORT),
                values.get(Settings.DATA_DIR),
                values.get(Settings.DRAIN_DELAY),
                values.get(Settings.DRAIN_TIMEOUT));
    }

    private static ProxyConfig proxy(RawSettings values) throws ConfigException {
        return new ProxyConfig(
                values.get(Settings.PROXY_HTTP).orElse(null),
                values.get(Settings.PROXY_HTTPS).orElse(null),
                values.get(Settings.PROXY_STREAM),
                values.find(Settings.PROXY_INSTANCES)
                        .orElseGet(() -> Runtime.getRuntime().availableProcessors()),
                values.find(Settings.PROXY_TRUSTED_IPS).orElse(List.of()),
                values.find(Settings.PROXY_NAME_SERVERS).orElse(List.of()),
                values.find(Settings.PROXY_CERTIFICATE).orElse(null),
                values.find(Settings.PROXY_CERTIFICATE_KEY).orElse(null),
                new ClientLimits(
                        values.get(Settings.PROXY_IDLE_TIMEOUT),
                        values.get(Settings.PROXY_MIN_RATE),
                        values.get(Settings.PROXY_TUNNEL_IDLE_TIMEOUT)),
                new PublicAddresses(
                        values.get(Settings.PROXY_REAL_IP_HEADER),
                        values.get(Settings.PROXY_REAL_IP_RECURSIVE),
                        values.find(Settings.PROXY_PUBLIC_PORTS).orElse(Map.of())),
                new ResponseConfig(
                        values.get(Settings.PROXY_HEADERS),
                        values.get(Settings.PROXY_ERROR_DEFAULT_TYPE),
                        values.get(Settings.PROXY_DEBUG_HEADER)));
    }

    private static PostgresConfig postgres(RawSettings values) throws ConfigException {
        PostgresUrl url = values.find(Settings.POSTGRES_URL).orElse(null);
        String user = values.find(Settings.POSTGRES_USER).orElse(null);
        String password = secret(values, Settings.POSTGRES_PASSWORD, Settings.POSTGRES_PASSWORD_FILE)
                .orElse(null);
        int poolSize = values.get(Settings.POSTGRES_POOL_SIZE);
        Duration startWait = values.get(Settings.POSTGRES_WAIT);
        if (url == null) {
            return new PostgresConfig(null, user, password, poolSize);
        }
        PostgresParameters parameters = PostgresParameters.of(
                url, Objects.requireNonNull(values.text(Settings.POSTGRES_URL)).source());
        return new PostgresConfig(
                url.url(),
                user == null ? url.user() : user,
                password == null ? url.password() : password,
                poolSize,
                false,
                parameters.tls(),
                parameters.session(),
                startWait);
    }

    /** Reads a secret from text or a file. The environment overrides the configuration file. Both in one place are an error. */
    private static <T> Optional<T> secret(RawSettings values, Setting<T> plain, Setting<Path> file)
            throws ConfigException {
        Text plainText = values.text(plain);
        Text fileText = values.text(file);
        if (plainText != null && fileText != null && plainText.rank() == fileText.rank()) {
            throw new ConfigException(plain.key() + " and " + file.key() + " are both set, expected only one of them");
        }
        if (fileText == null || (plainText != null && plainText.rank() > fileText.rank())) {
            return values.find(plain);
        }
        Path path = values.get(file);
        try {
            // Editors and kubectl add a line break at the end, which is not part of the secret.
            String secret = Files.readString(path).strip();
            String key = file.key() + " (from " + fileText.source() + ")";
            if (secret.isEmpty()) {
                throw new ConfigException(key + ": " + path + " is empty, expected it to hold " + plain.key());
            }
            return new RawSettings(Map.of(plain.key(), new Text(secret, path.toString(), fileText.rank()))).find(plain);
        } catch (IOException e) {
            throw new ConfigException(
                    file.key() + " (from " + fileText.source() + "): " + path + " cannot be read, expected a file that"
                            + " holds " + plain.key(),
                    e);
        }
    }
}
