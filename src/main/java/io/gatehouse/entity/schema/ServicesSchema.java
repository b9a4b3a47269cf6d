package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Declares Services (docs/reference/admin-api.md#entities). */
final class ServicesSchema {
    private static final Set<String> TLS_PROTOCOLS = Set.of("https", "tls");

    /** Matches host and port. {@link URI#getHost} rejects underscores, which names of containers have. */
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
                                    .oneOf("http", "https", "grpc", "grpcs", "tcp", "tls", "udp")
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
                            Field.array("ca_certificates", Field.element().uuid()),
                            Field.bool("enabled").required().defaultTo(true),
                            Field.string("url").standsFor("host").format("uri").check(ServicesSchema::urlViolation)),
                    EntityCheck.custom("tls_fields", ServicesSchema::tlsFieldsViolation))
            .expandedBy(ServicesSchema::expandUrl);

    private ServicesSchema() {}

    private static @Nullable String tlsFieldsViolation(Document service) {
        boolean tls = TLS_PROTOCOLS.contains(service.string("protocol"));
        boolean set =
                EntityCheck.anySet(service, "client_certificate", "tls_verify", "tls_verify_depth", "ca_certificates");
        return set && !tls ? "failed conditional validation given value of field 'protocol'" : null;
    }

    private static @Nullable Object urlViolation(Object url) {
        URI uri = parse((String) url);
        if (uri == null || uri.getScheme() == null) {
            return "invalid url";
        }
        return authority(uri) == null ? "missing host in url" : null;
    }

    /** Expands {@code url} to protocol, host, port and path. Without a port, the scheme determines it. */
    private static Map<String, @Nullable Object> expandUrl(Map<String, @Nullable Object> given) {
        if (!(given.get("url") instanceof String url) || urlViolation(url) != null) {
            return given;
        }
        URI uri = parse(url);
        Matcher authority = uri == null ? null : authority(uri);
        if (uri == null || authority == null) {
            return given;
        }
        Map<String, @Nullable Object> expanded = new LinkedHashMap<>(given);
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        expanded.put("protocol", scheme);
        expanded.put("host", authority.group("host"));
        long standardPort = scheme.equals("https") || scheme.equals("grpcs") ? 443 : 80;
        expanded.put("port", authority.group("port") == null ? standardPort : Long.parseLong(authority.group("port")));
        expanded.put("path", uri.getRawPath().isEmpty() ? null : uri.getRawPath());
        return expanded;
    }

    private static @Nullable Matcher authority(URI uri) {
        Matcher matcher = AUTHORITY.matcher(uri.getRawAuthority() == null ? "" : uri.getRawAuthority());
        return matcher.matches() ? matcher : null;
    }

    private static @Nullable URI parse(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
