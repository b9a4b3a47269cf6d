package io.gatehouse.entity.plugin.field;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Declares the fields that the plugins with limits of time windows share. */
public final class RateLimitFields {
    /** From the shortest to the longest. */
    public static final List<String> PERIODS = List.of("second", "minute", "hour", "day", "month", "year");

    private static final String REQUIRED = "required field missing";

    /** In milliseconds. */
    private static final long MAX_TIMEOUT = Integer.MAX_VALUE - 1L;

    private RateLimitFields() {}

    /** Returns the limits of each period. */
    public static List<Field> periods() {
        return PERIODS.stream()
                .map(period -> Field.number(period).greaterThan(0))
                .toList();
    }

    /** Accepted for compatibility with Kong's configurations: the members of the cluster hold the counters of this policy, too. */
    public static Field redis() {
        return Field.record(
                        "redis",
                        CommonFields.host("host"),
                        CommonFields.port("port").defaultTo(6_379L),
                        // Other timeouts are at least 1.
                        Field.integer("timeout").between(0, MAX_TIMEOUT).defaultTo(2_000L),
                        Field.string("username").referenceable(),
                        // Empty: Redis has no password.
                        Field.string("password").referenceable().lengthAtLeast(0),
                        Field.integer("database").defaultTo(0L),
                        Field.bool("ssl").defaultTo(false),
                        Field.bool("ssl_verify").defaultTo(false),
                        CommonFields.serverName("server_name"))
                .required();
    }

    /** Requires a field of the config if another has a value. */
    public static EntityCheck required(String ifField, String value, String thenField) {
        String[] path = thenField.split("\\.", -1);
        return EntityCheck.conditional("config." + ifField, "config." + thenField, REQUIRED, plugin -> {
            Document config = plugin.record("config");
            Document record = path.length == 1 ? config : config.record(path[0]);
            return value.equals(config.get(ifField)) && record.get(path[path.length - 1]) == null;
        });
    }

    /** Returns why a limit is lower than that of a shorter period; null if none is. The text starts with {@code the}. */
    public static @Nullable String orderViolation(String the, Document config) {
        List<String> set =
                PERIODS.stream().filter(period -> config.get(period) != null).toList();
        return set.stream()
                .flatMap(lower -> set.subList(set.indexOf(lower) + 1, set.size()).stream()
                        .flatMap(upper -> Stream.ofNullable(orderViolation(the, config, lower, upper))))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable String orderViolation(String the, Document config, String lower, String upper) {
        double least = config.number(lower).doubleValue();
        double limit = config.number(upper).doubleValue();
        return limit >= least
                ? null
                : String.format(
                        Locale.ROOT,
                        "%s limit for %s(%.1f) cannot be lower than the limit for %s(%.1f)",
                        the,
                        upper,
                        limit,
                        lower,
                        least);
    }
}
