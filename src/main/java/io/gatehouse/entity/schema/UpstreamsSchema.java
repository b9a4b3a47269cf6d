package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.schema.Texts;
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
                            .check(name -> Texts.isAddress((String) name)
                                    ? "Invalid name ('" + name + "'); must be a hostname"
                                    : null)
                            .pattern(Texts.HOST_NAME, name -> "invalid value: " + name)
                            .format("host-name"),
                    Field.string("algorithm")
                            .oneOf("consistent-hashing", "least-connections", "round-robin", "latency")
                            .defaultTo("round-robin"),
                    Field.string("hash_on").oneOf(HASH_INPUTS).defaultTo("none"),
                    Field.string("hash_fallback").oneOf(HASH_INPUTS).defaultTo("none"),
                    CommonFields.headerName(Field.string("hash_on_header")),
                    CommonFields.headerName(Field.string("hash_fallback_header")),
                    CommonFields.headerName(Field.string("hash_on_cookie")),
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
            EntityCheck.custom("hash_on", upstream -> hashViolation(upstream, "hash_on")),
            EntityCheck.custom("hash_fallback", upstream -> hashViolation(upstream, "hash_fallback")),
            EntityCheck.custom("hash_inputs", UpstreamsSchema::fallbackViolation));

    private UpstreamsSchema() {}

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
                        CommonFields.host("https_sni"),
                        Field.bool("https_verify_certificate").required().defaultTo(true),
                        Field.map(
                                "headers",
                                CommonFields.headerName(Field.element()),
                                Field.array("", CommonFields.headerText(Field.element()))),
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

    /** Checks that the input has a name: {@code header} needs {@code hash_on_header}, and so on. */
    private static @Nullable String hashViolation(Document upstream, String input) {
        Map<String, String> named =
                Map.of("header", "_header", "query_arg", "_query_arg", "uri_capture", "_uri_capture");
        String value = upstream.optionalString(input);
        String suffix = value == null ? null : named.get(value);
        String missing = suffix != null ? input + suffix : "cookie".equals(value) ? "hash_on_cookie" : null;
        return missing == null || upstream.get(missing) != null
                ? null
                : "failed conditional validation given value of field '" + input + "'";
    }

    /** Checks that the fallback has a primary input and differs from it. */
    private static @Nullable String fallbackViolation(Document upstream) {
        String first = upstream.optionalString("hash_on");
        String second = upstream.optionalString("hash_fallback");
        if (second == null || second.equals("none")) {
            return null;
        }
        // A missing cookie is created, so its fallback is never used.
        if (first == null || first.equals("none") || first.equals("cookie")) {
            return "failed conditional validation given value of field 'hash_on'";
        }
        boolean same = first.equals(second)
                && (sameName(upstream, "_header")
                        || sameName(upstream, "_query_arg")
                        || sameName(upstream, "_uri_capture")
                        || List.of("consumer", "ip", "path").contains(first));
        return same ? "values of these fields must be distinct: 'hash_on', 'hash_fallback'" : null;
    }

    private static boolean sameName(Document upstream, String suffix) {
        String name = upstream.optionalString("hash_on" + suffix);
        return name != null && name.equalsIgnoreCase(upstream.optionalString("hash_fallback" + suffix));
    }
}
