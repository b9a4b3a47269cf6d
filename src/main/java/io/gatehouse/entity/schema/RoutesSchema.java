package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.schema.TextPattern;
import io.gatehouse.schema.Texts;
import io.gatehouse.syntax.IpRange;
import io.gatehouse.syntax.RouteSyntax;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Declares Routes (docs/reference/admin-api.md#entities). */
final class RoutesSchema {
    private static final TextPattern UPPER_CASE = TextPattern.of("[A-Z]+");
    private static final String PROTOCOLS = "protocols";
    private static final List<String> HTTP = List.of("http", "https");
    private static final List<String> GRPC = List.of("grpc", "grpcs");
    private static final String GRPC_PROTOCOLS = "'grpc' or 'grpcs'";
    private static final List<String> TLS = List.of("https", "grpcs");

    private static final List<String> STREAM = List.of("tcp", "tls", "udp");
    private static final List<String> PASSTHROUGH = List.of("tls_passthrough");
    private static final List<String> WITH_SNIS = List.of("grpcs", "https", "tls", "tls_passthrough");

    static final EntitySchema SCHEMA = EntitySchema.of(
                    "routes",
                    "name",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.updatedAt(),
                            CommonFields.name(),
                            CommonFields.protocols(ServicesSchema.PROTOCOLS, HTTP)
                                    .lengthAtLeast(1)
                                    .mutuallyExclusiveSubsets(List.of(HTTP, STREAM, PASSTHROUGH, GRPC)),
                            Field.set(
                                    "methods", Field.element().pattern(UPPER_CASE, value -> "invalid value: " + value)),
                            Field.array(
                                    "hosts",
                                    Field.element()
                                            .format("host-pattern")
                                            .check(host -> RouteSyntax.hostViolation((String) host))),
                            Field.array(
                                    "paths",
                                    Field.element()
                                            .format("path-pattern")
                                            .check(path -> RouteSyntax.pathViolation((String) path))),
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
                                                    .format("header-pattern")
                                                    .check(value -> RouteSyntax.headerValueViolation((String) value)))),
                            Field.integer("https_redirect_status_code")
                                    .oneOf(426L, 301L, 302L, 307L, 308L)
                                    .defaultTo(426L)
                                    .required(),
                            Field.integer("regex_priority")
                                    .between(-CommonFields.MAX_INTEGER, CommonFields.MAX_INTEGER)
                                    .defaultTo(0L),
                            Field.bool("strip_path").defaultTo(true).required(),
                            Field.string("path_handling").oneOf("v0", "v1").defaultTo("v0"),
                            Field.bool("preserve_host").defaultTo(false).required(),
                            Field.bool("request_buffering").defaultTo(true).required(),
                            Field.bool("response_buffering").defaultTo(true).required(),
                            Field.set(
                                    "snis",
                                    Field.element()
                                            .lengthAtMost(Texts.MAX_HOST)
                                            .format("host-pattern")
                                            .check(name -> sniViolation((String) name))),
                            Field.set("sources", addressAndPort()),
                            Field.set("destinations", addressAndPort()),
                            CommonFields.tags(),
                            Field.foreign("service", "services", OnDelete.RESTRICT)),
                    EntityCheck.conditional(
                            PROTOCOLS,
                            "snis",
                            "length must be 0",
                            "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'",
                            RoutesSchema::hasUnusableSnis),
                    EntityCheck.custom("matching_attributes", RoutesSchema::matchingViolation, PROTOCOLS))
            .refinedBy(RoutesSchema::refine);

    private RoutesSchema() {}

    /** A {@code *} alone would match every connection. */
    private static @Nullable String sniViolation(String name) {
        return name.equals("*") ? "invalid value: *" : RouteSyntax.serverNameViolation(name);
    }

    /** An entry with neither would match every connection. */
    private static Field addressAndPort() {
        return Field.record(
                        "",
                        Field.string("ip")
                                .format("ip-range")
                                .matches(
                                        ip -> IpRange.parse(ip) != null,
                                        ip -> "invalid ip or cidr range: '" + ip + "'"),
                        CommonFields.port("port"))
                .checkedBy(List.of(EntityCheck.atLeastOneOf("ip", "port")));
    }

    /**
     * Restricts the fields to those that the first known protocol of the Route has. As in Kong, violations of other fields do not count
     * if there is none.
     */
    private static List<Field> refine(List<Field> fields, Map<String, @Nullable Object> route) {
        Object given = route.getOrDefault(PROTOCOLS, HTTP);
        List<?> protocols =
                given instanceof String protocol ? List.of(protocol) : given instanceof List<?> list ? list : HTTP;
        Object first = protocols.stream()
                .filter(protocol -> protocol != null && ServicesSchema.PROTOCOLS.contains(protocol))
                .findFirst()
                .orElse(null);
        if (given == null || first == null) {
            Object unknown = protocols.isEmpty() ? "nil" : protocols.get(0);
            return changed(
                    fields,
                    List.of(PROTOCOLS),
                    field -> field.forbidden("unknown type: " + unknown).decisive());
        }
        if (STREAM.contains(first) || PASSTHROUGH.contains(first)) {
            return without(
                    fields,
                    List.of("methods", "hosts", "paths", "headers"),
                    "'tcp', 'tls', 'tls_passthrough' or 'udp'");
        }
        return GRPC.contains(first)
                ? withoutStripPath(without(fields, List.of("methods", "sources", "destinations"), GRPC_PROTOCOLS))
                : without(fields, List.of("sources", "destinations"), "'http' or 'https'");
    }

    private static List<Field> without(List<Field> fields, List<String> names, String protocols) {
        return changed(fields, names, field -> field.forbidden(cannotSet(field.name(), protocols)));
    }

    private static List<Field> changed(List<Field> fields, List<String> names, UnaryOperator<Field> change) {
        return fields.stream()
                .map(field -> names.contains(field.name()) ? change.apply(field) : field)
                .toList();
    }

    private static List<Field> withoutStripPath(List<Field> fields) {
        return changed(
                fields,
                List.of("strip_path"),
                field -> field.defaultTo(false)
                        .check(value -> (boolean) value ? cannotSet(field.name(), GRPC_PROTOCOLS) : null));
    }

    private static String cannotSet(String field, String protocols) {
        return "cannot set '" + field + "' when 'protocols' is " + protocols;
    }

    private static @Nullable String matchingViolation(Document route) {
        List<String> protocols = route.strings(PROTOCOLS);
        if (STREAM.contains(protocols.get(0))) {
            return EntityCheck.anySet(route, "sources", "destinations", "snis")
                    ? null
                    : "must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' or 'udp'";
        }
        if (PASSTHROUGH.contains(protocols.get(0))) {
            return EntityCheck.anySet(route, "snis") ? null : "must set snis when 'protocols' is 'tls_passthrough'";
        }
        boolean grpc = GRPC.contains(protocols.get(0));
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

    private static boolean hasUnusableSnis(Document route) {
        return route.get("snis") instanceof Collection<?> snis
                && !snis.isEmpty()
                && route.strings(PROTOCOLS).stream().noneMatch(WITH_SNIS::contains);
    }
}
