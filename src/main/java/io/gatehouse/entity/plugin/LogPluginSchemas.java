package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.LogFields;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.TextPattern;
import io.gatehouse.syntax.UrlServer;
import io.gatehouse.syntax.VaultReference;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Declares the configurations of the plugins that log requests. */
final class LogPluginSchemas {
    /** Headers that the plugin sets itself. */
    private static final List<String> HEADERS_OF_HTTP_LOG = List.of("Host", "Content-Length", "Content-Type");

    /** Text that an element of structured data can contain (RFC 5424 §6.3). */
    private static final TextPattern TOKEN = TextPattern.of("[!#-<>?A-Z\\[^-~]+");

    static final PluginSchema HTTP = new PluginSchema(
            "http-log",
            "0.1.0",
            12,
            List.of(
                    LogFields.url("http_endpoint").required().referenceable(),
                    Field.string("method").oneOf("POST", "PUT", "PATCH").defaultTo("POST"),
                    Field.string("content_type")
                            .oneOf("application/json", "application/json; charset=utf-8")
                            .defaultTo("application/json"),
                    LogFields.timeout("timeout", 10_000),
                    LogFields.timeout("keepalive", 60_000),
                    // Deprecated in Kong. The first has no effect there either; the others precede the queue.
                    Field.integer("retry_count"),
                    LogFields.batchSize("queue_size"),
                    LogFields.batchDelay(Field.number("flush_timeout")),
                    Field.map(
                                    "headers",
                                    CommonFields.headerName(Field.element()),
                                    CommonFields.headerText(Field.element().referenceable()))
                            .check(LogPluginSchemas::headersViolation),
                    LogFields.queue(),
                    LogFields.customFields()),
            List.of(EntityCheck.ofRecord("credentials", LogPluginSchemas::credentialsViolation)),
            true);

    static final PluginSchema FILE = new PluginSchema(
            "file-log",
            "0.1.0",
            9,
            List.of(
                    Field.string("path")
                            .required()
                            .lengthAtMost(1_024)
                            .format("path")
                            .matches(LogPluginSchemas::isPath, path -> "not a valid filename"),
                    Field.bool("reopen").required().defaultTo(false),
                    LogFields.customFields()),
            List.of(),
            true);

    static final PluginSchema TCP = new PluginSchema(
            "tcp-log",
            "0.1.0",
            7,
            List.of(
                    LogFields.host().required(),
                    LogFields.port().required(),
                    LogFields.timeout("timeout", 10_000),
                    LogFields.timeout("keepalive", 60_000),
                    Field.bool("tls").required().defaultTo(false),
                    Field.string("tls_sni"),
                    LogFields.customFields()),
            List.of(),
            true);

    static final PluginSchema UDP = new PluginSchema(
            "udp-log",
            "0.1.0",
            8,
            List.of(
                    LogFields.host().required(),
                    LogFields.port().required(),
                    LogFields.timeout("timeout", 10_000),
                    LogFields.customFields()),
            List.of(),
            true);

    static final PluginSchema LOGGLY = new PluginSchema(
            "loggly",
            "0.1.0",
            6,
            List.of(
                    LogFields.host().defaultTo("logs-01.loggly.com"),
                    LogFields.port().defaultTo(514L),
                    Field.string("key").required().referenceable().pattern(TOKEN, key -> "invalid key"),
                    Field.set("tags", Field.element().pattern(TOKEN, tag -> "invalid tag"))
                            .defaultTo(List.of("kong")),
                    LogFields.severity("log_level"),
                    LogFields.severity("successful_severity"),
                    LogFields.severity("client_errors_severity"),
                    LogFields.severity("server_errors_severity"),
                    LogFields.timeout("timeout", 10_000),
                    LogFields.customFields()),
            List.of(),
            true);

    static final PluginSchema SYSLOG = new PluginSchema(
            "syslog",
            "0.1.0",
            4,
            List.of(
                    LogFields.severity("log_level"),
                    LogFields.severity("successful_severity"),
                    LogFields.severity("client_errors_severity"),
                    LogFields.severity("server_errors_severity"),
                    LogFields.customFields(),
                    Field.string("facility")
                            .required()
                            .oneOf(
                                    "auth",
                                    "authpriv",
                                    "cron",
                                    "daemon",
                                    "ftp",
                                    "kern",
                                    "lpr",
                                    "mail",
                                    "news",
                                    "syslog",
                                    "user",
                                    "uucp",
                                    "local0",
                                    "local1",
                                    "local2",
                                    "local3",
                                    "local4",
                                    "local5",
                                    "local6",
                                    "local7")
                            .defaultTo("user")),
            List.of(),
            true);

    private LogPluginSchemas() {}

    private static @Nullable Object headersViolation(Object headers) {
        return HEADERS_OF_HTTP_LOG.stream()
                .filter(name -> contains((Map<?, ?>) headers, name))
                .map(name -> "cannot contain '" + name + "' header")
                .findFirst()
                .orElse(null);
    }

    private static boolean contains(Map<?, ?> headers, String name) {
        return headers.keySet().stream().anyMatch(given -> name.equalsIgnoreCase((String) given));
    }

    private static @Nullable String credentialsViolation(Document config) {
        String endpoint = config.string("http_endpoint");
        UrlServer server = VaultReference.isReference(endpoint) ? null : UrlServer.of(URI.create(endpoint));
        boolean hasUser = server != null && server.userInfo() != null;
        return hasUser && contains(config.record("headers").values(), "Authorization")
                ? "specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed"
                : null;
    }

    /** An absolute path without segments that climb. The proxy checks that it is below a configured directory. */
    private static boolean isPath(String path) {
        return path.startsWith("/")
                && path.chars().noneMatch(c -> Character.isISOControl(c) || "*&%`".indexOf(c) >= 0)
                && !List.of(path.split("/", -1)).contains("..");
    }
}
