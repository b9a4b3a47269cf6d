package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.schema.Texts;
import io.gatehouse.syntax.RouteSyntax;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declares Routes (docs/reference/admin-api.md#entities). */
final class RoutesSchema {
    private static final List<String> HTTP = List.of("http", "https");
    private static final List<String> GRPC = List.of("grpc", "grpcs");
    private static final List<String> TLS = List.of("https", "grpcs");
    /** Characters of a host name (RFC 1035 §2.3.4). */
    private static final int MAX_NAME = 253;

    static final EntitySchema SCHEMA = EntitySchema.of(
            "routes",
            "name",
            List.of(
                    CommonFields.id(),
                    CommonFields.createdAt(),
                    CommonFields.updatedAt(),
                    CommonFields.name(),
                    CommonFields.protocols(List.of("http", "https", "grpc", "grpcs", "tcp", "tls", "udp"), HTTP)
                            .lengthAtLeast(1),
                    Field.set(
                            "methods",
                            Field.element().matches(CommonFields::isUpperCase, value -> "invalid value: " + value)),
                    Field.array("hosts", Field.element().check(host -> RouteSyntax.hostViolation((String) host))),
                    Field.array("paths", Field.element().check(path -> RouteSyntax.pathViolation((String) path))),
                    Field.map(
                            "headers",
                            CommonFields.headerName(Field.element())
                                    .matches(
                                            name -> !name.equalsIgnoreCase("host"),
                                            name ->
                                                    "cannot contain 'host' header, which must be specified in the 'hosts' attribute"),
                            Field.array(
                                    "",
                                    CommonFields.headerText(Field.element())
                                            .check(value -> RouteSyntax.headerValueViolation((String) value)))),
                    Field.integer("https_redirect_status_code")
                            .oneOf(426L, 301L, 302L, 307L, 308L)
                            .defaultTo(426L)
                            .required(),
                    Field.integer("regex_priority").defaultTo(0L),
                    Field.bool("strip_path").defaultTo(true).required(),
                    Field.string("path_handling").oneOf("v0", "v1").defaultTo("v0"),
                    Field.bool("preserve_host").defaultTo(false).required(),
                    Field.bool("request_buffering").defaultTo(true).required(),
                    Field.bool("response_buffering").defaultTo(true).required(),
                    Field.set("snis", Field.element().check(name -> sniViolation((String) name))),
                    Field.array("sources", addressAndPort()),
                    Field.array("destinations", addressAndPort()),
                    CommonFields.tags(),
                    Field.foreign("service", "services", OnDelete.RESTRICT)),
            EntityCheck.mutuallyExclusiveSubsets("protocols", List.of(HTTP, List.of("tcp", "tls", "udp"), GRPC)),
            EntityCheck.custom("matching_attributes", RoutesSchema::matchingViolation),
            EntityCheck.custom("snis_protocols", RoutesSchema::snisViolation));

    private RoutesSchema() {}

    private static @Nullable String sniViolation(String name) {
        if (name.indexOf('*') >= 0) {
            return name.length() > MAX_NAME ? "invalid value: " + name : RouteSyntax.serverNameViolation(name);
        }
        return Texts.isHost(name) ? null : "invalid value: " + name;
    }

    private static Field addressAndPort() {
        return Field.record("", Field.string("ip"), CommonFields.port("port"));
    }

    private static @Nullable String matchingViolation(Document route) {
        List<String> protocols = route.strings("protocols");
        if (protocols.stream().anyMatch(List.of("tcp", "tls", "udp")::contains)) {
            return EntityCheck.anySet(route, "sources", "destinations", "snis")
                    ? null
                    : "must set one of 'sources', 'destinations', 'snis' when 'protocols' is '" + protocols.get(0)
                            + "'";
        }
        boolean grpc = protocols.stream().anyMatch(GRPC::contains);
        if (grpc && route.flag("strip_path")) {
            return "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'";
        }
        List<String> attributes = new ArrayList<>(
                grpc ? List.of("hosts", "headers", "paths") : List.of("methods", "hosts", "headers", "paths"));
        String protocol = protocols.stream().filter(TLS::contains).findFirst().orElse(protocols.get(0));
        if (TLS.contains(protocol)) {
            attributes.add("snis");
        }
        return EntityCheck.anySet(route, attributes.toArray(String[]::new))
                ? null
                : "must set one of " + EntityCheck.quoted(attributes) + " when 'protocols' is '" + protocol + "'";
    }

    private static @Nullable String snisViolation(Document route) {
        boolean tls = route.strings("protocols").stream().anyMatch(List.of("https", "grpcs", "tls")::contains);
        return route.get("snis") == null || tls
                ? null
                : "'snis' can only be set when 'protocols' is 'grpcs', 'https' or 'tls'";
    }
}
