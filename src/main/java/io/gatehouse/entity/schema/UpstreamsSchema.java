package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.schema.Texts;
import io.gatehouse.syntax.HostForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Declares Upstreams (docs/reference/admin-api.md#entities): groups of targets with a balancing algorithm. */
final class UpstreamsSchema {
    private static final Object[] HASH_INPUTS = {
        "none", "consumer", "ip", "header", "cookie", "path", "query_arg", "uri_capture"
    };
    private static final Object[] CHECK_TYPES = {"tcp", "http", "https", "grpc", "grpcs"};
    private static final long MAX_COUNT = 255;
    private static final long MAX_SECONDS = 65_535;

    private static final String HASHING = "consistent-hashing";

    static final EntitySchema SCHEMA = EntitySchema.of(
                    "upstreams",
                    "name",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.updatedAt(),
                            Field.string("name")
                                    .required()
                                    .unique()
                                    .lengthAtMost(Texts.MAX_HOST)
                                    .check(name -> nameViolation((String) name))
                                    .format("host-name"),
                            Field.string("algorithm")
                                    .oneOf(HASHING, "least-connections", "round-robin", "latency")
                                    .defaultTo("round-robin")
                                    .follows("hash_on"),
                            Field.string("hash_on").oneOf(HASH_INPUTS).defaultTo("none"),
                            Field.string("hash_fallback").oneOf(HASH_INPUTS).defaultTo("none"),
                            CommonFields.headerName(Field.string("hash_on_header")),
                            CommonFields.headerName(Field.string("hash_fallback_header")),
                            CommonFields.cookieName("hash_on_cookie"),
                            CommonFields.path("hash_on_cookie_path").defaultTo("/"),
                            Field.string("hash_on_query_arg"),
                            Field.string("hash_fallback_query_arg"),
                            Field.string("hash_on_uri_capture"),
                            Field.string("hash_fallback_uri_capture"),
                            Field.integer("slots").between(10, 65_536).defaultTo(10_000L),
                            Field.record("healthchecks", active(), passive(), threshold())
                                    .required(),
                            CommonFields.tags(),
                            CommonFields.hostAndPort("host_header"),
                            Field.foreign("client_certificate", "certificates", OnDelete.RESTRICT),
                            Field.bool("use_srv_name").defaultTo(false)),
                    named("hash_on", "header", "hash_on_header"),
                    named("hash_fallback", "header", "hash_fallback_header"),
                    named("hash_on", "cookie", "hash_on_cookie"),
                    named("hash_fallback", "cookie", "hash_on_cookie"),
                    fallback("none", "none"),
                    // A missing cookie is created, so its fallback is never used.
                    fallback("cookie", "none"),
                    fallback("consumer", "none", "ip", "header", "cookie", "path", "query_arg", "uri_capture"),
                    fallback("ip", "none", "consumer", "header", "cookie", "path", "query_arg", "uri_capture"),
                    fallback("path", "none", "consumer", "ip", "header", "cookie", "query_arg", "uri_capture"),
                    named("hash_on", "query_arg", "hash_on_query_arg"),
                    named("hash_fallback", "query_arg", "hash_fallback_query_arg"),
                    named("hash_on", "uri_capture", "hash_on_uri_capture"),
                    named("hash_fallback", "uri_capture", "hash_fallback_uri_capture"),
                    distinct("hash_on_header", "hash_fallback_header"),
                    distinct("hash_on_query_arg", "hash_fallback_query_arg"),
                    distinct("hash_on_uri_capture", "hash_fallback_uri_capture"))
            .expandedBy(UpstreamsSchema::withAlgorithm);

    private UpstreamsSchema() {}

    /** Selects the algorithm that uses the input of a hash, as Kong does. One that the client names remains. */
    private static Map<String, @Nullable Object> withAlgorithm(Map<String, @Nullable Object> given) {
        Object input = given.get("hash_on");
        if (input == null || input.equals("none") || given.get("algorithm") != null) {
            return given;
        }
        Map<String, @Nullable Object> expanded = new LinkedHashMap<>(given);
        expanded.put("algorithm", HASHING);
        return expanded;
    }

    private static @Nullable Object nameViolation(String name) {
        String invalid = "Invalid name ('" + name + "'); ";
        HostForm form = HostForm.of(name);
        if (form.violation() != null) {
            return invalid + "must be a valid hostname";
        }
        if (form.kind() == HostForm.Kind.ADDRESS) {
            return invalid + "no ip addresses allowed";
        }
        return form.hasPort() ? invalid + "no port allowed" : null;
    }

    private static Field threshold() {
        return Field.number("threshold").between(0, 100).defaultTo(0L);
    }

    private static Field active() {
        return Field.record(
                        "active",
                        Field.string("type").oneOf(CHECK_TYPES).defaultTo("http"),
                        seconds("timeout", 1),
                        Field.integer("concurrency").between(1, 2_147_483_648L).defaultTo(10L),
                        CommonFields.path("http_path").defaultTo("/"),
                        CommonFields.serverName("https_sni"),
                        Field.bool("https_verify_certificate").required().defaultTo(true),
                        Field.map(
                                        "headers",
                                        CommonFields.headerName(Field.element()),
                                        Field.array("", CommonFields.headerText(Field.element())))
                                .secret(),
                        Field.record(
                                        "healthy",
                                        seconds("interval", 0),
                                        statuses(List.of(200L, 302L)),
                                        count("successes"))
                                .required(),
                        Field.record(
                                        "unhealthy",
                                        seconds("interval", 0),
                                        statuses(List.of(429L, 404L, 500L, 501L, 502L, 503L, 504L, 505L)),
                                        count("tcp_failures"),
                                        count("timeouts"),
                                        count("http_failures"))
                                .required())
                .required();
    }

    private static Field passive() {
        return Field.record(
                        "passive",
                        Field.string("type").oneOf(CHECK_TYPES).defaultTo("http"),
                        Field.record("healthy", statuses(successful()), count("successes"))
                                .required(),
                        Field.record(
                                        "unhealthy",
                                        statuses(List.of(429L, 500L, 503L)),
                                        count("tcp_failures"),
                                        count("timeouts"),
                                        count("http_failures"))
                                .required())
                .required();
    }

    /** Returns the statuses 200 to 208, 226, and 300 to 308. */
    private static List<Long> successful() {
        return LongStream.concat(
                        LongStream.concat(LongStream.rangeClosed(200, 208), LongStream.of(226)),
                        LongStream.rangeClosed(300, 308))
                .boxed()
                .toList();
    }

    private static Field seconds(String name, long standard) {
        return Field.number(name).between(0, MAX_SECONDS).defaultTo(standard);
    }

    private static Field count(String name) {
        return Field.integer(name).between(0, MAX_COUNT).defaultTo(0L);
    }

    private static Field statuses(List<Long> standard) {
        return Field.array("http_statuses", Field.integer("").between(100, 999)).defaultTo(standard);
    }

    /** Requires the field that names an input: {@code header} needs {@code hash_on_header}, and so on. */
    private static EntityCheck named(String input, String value, String name) {
        return EntityCheck.conditional(
                input,
                name,
                "required field missing",
                upstream -> value.equals(upstream.get(input)) && upstream.get(name) == null);
    }

    /** Restricts the fallback of an input. */
    private static EntityCheck fallback(String input, String... allowed) {
        List<String> fallbacks = List.of(allowed);
        return EntityCheck.conditional(
                "hash_on",
                "hash_fallback",
                "expected one of: " + String.join(", ", fallbacks),
                upstream -> input.equals(upstream.get("hash_on"))
                        && upstream.get("hash_fallback") != null
                        && !fallbacks.contains(upstream.get("hash_fallback")));
    }

    /** Requires that two inputs have different names. The names of headers ignore case. */
    private static EntityCheck distinct(String one, String other) {
        return EntityCheck.custom(
                one + "_distinct",
                upstream -> upstream.get(one) instanceof String first
                                && upstream.get(other) instanceof String second
                                && first.equalsIgnoreCase(second)
                        ? "values of these fields must be distinct: '" + one + "', '" + other + "'"
                        : null);
    }
}
