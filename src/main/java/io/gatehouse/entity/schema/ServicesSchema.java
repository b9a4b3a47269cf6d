package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Declares Services (docs/reference/admin-api.md#entities). */
final class ServicesSchema {
    /** The protocols of Routes and Services, in the order of Kong's error text. */
    static final List<String> PROTOCOLS =
            List.of("grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp");

    private static final Set<String> TLS_PROTOCOLS = Set.of("https", "tls");
    private static final Set<String> WITH_PATH = Set.of("http", "https");

    /** Splits a URL (RFC 3986, appendix B). {@link java.net.URI} rejects underscores, which names of containers have. */
    private static final Pattern URL = Pattern.compile(
            "(?s)(?:(?<scheme>[A-Za-z0-9][A-Za-z0-9+.-]*):)?(?://(?<authority>[^/?#]*))?(?<path>[^?#]*)(?:\\?[^#]*)?(?:#.*)?");

    private static final Pattern AUTHORITY =
            Pattern.compile("(?:[^@]*@)?(?<host>\\[[^\\]]*]|[^:@\\[\\]]+)(?::(?<port>\\d{1,9})?)?");

    static final EntitySchema SCHEMA = EntitySchema.of(
                    "services",
                    "name",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.updatedAt(),
                            CommonFields.name(),
                            Field.integer("retries").between(0, 32_767).defaultTo(5L),
                            Field.string("protocol")
                                    .oneOf(PROTOCOLS.toArray())
                                    .defaultTo("http")
                                    .required(),
                            CommonFields.host("host").required(),
                            CommonFields.port("port").defaultTo(80L).required(),
                            CommonFields.path("path"),
                            CommonFields.timeout("connect_timeout"),
                            CommonFields.timeout("write_timeout"),
                            CommonFields.timeout("read_timeout"),
                            CommonFields.tags(),
                            Field.foreign("client_certificate", "certificates", OnDelete.RESTRICT),
                            Field.bool("tls_verify"),
                            Field.integer("tls_verify_depth").between(0, 64),
                            Field.idsOf("ca_certificates", "ca_certificates"),
                            Field.bool("enabled").required().defaultTo(true),
                            Field.string("url")
                                    .standsFor("protocol", "host", "port", "path")
                                    .format("uri")),
                    mustBeNull("path", service -> !WITH_PATH.contains(service.string("protocol"))),
                    mustBeNull("client_certificate", ServicesSchema::isWithoutTls),
                    mustBeNull("tls_verify", ServicesSchema::isWithoutTls),
                    mustBeNull("tls_verify_depth", ServicesSchema::isWithoutTls),
                    mustBeNull("ca_certificates", ServicesSchema::isWithoutTls))
            .expandedBy(ServicesSchema::expandUrl);

    private ServicesSchema() {}

    private static EntityCheck mustBeNull(String field, Predicate<Document> isForbidden) {
        return EntityCheck.conditional(
                "protocol",
                field,
                "value must be null",
                service -> service.get(field) != null && isForbidden.test(service));
    }

    private static boolean isWithoutTls(Document service) {
        return !TLS_PROTOCOLS.contains(service.string("protocol"));
    }

    /**
     * Expands {@code url} to protocol, host, port and path. Without a port, the scheme determines it. A part that the URL lacks is
     * unset, and the field's own violation describes a part that is malformed.
     */
    private static Map<String, @Nullable Object> expandUrl(Map<String, @Nullable Object> given) {
        Matcher url = given.get("url") instanceof String text ? URL.matcher(text) : null;
        if (url == null || !url.matches()) {
            return given;
        }
        Map<String, @Nullable Object> expanded = new LinkedHashMap<>(given);
        String scheme =
                url.group("scheme") == null ? "http" : url.group("scheme").toLowerCase(Locale.ROOT);
        Matcher authority = AUTHORITY.matcher(url.group("authority") == null ? "" : url.group("authority"));
        boolean isHostAndPort = authority.matches();
        String port = isHostAndPort ? authority.group("port") : null;
        long standardPort = scheme.equals("https") || scheme.equals("grpcs") ? 443 : 80;
        expanded.put("protocol", scheme);
        expanded.put("host", isHostAndPort ? authority.group("host") : emptyToNull(url.group("authority")));
        expanded.put("port", port == null ? standardPort : Long.parseLong(port));
        expanded.put("path", emptyToNull(url.group("path")));
        return expanded;
    }

    private static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
