package io.gatehouse.entity.plugin.field;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Field;
import io.gatehouse.syntax.UrlServer;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Declares the fields that the logging plugins share. */
public final class LogFields {
    private static final int MAX_ENTRIES = 1_000_000;
    private static final int HOUR = 3_600;

    private LogFields() {}

    /** Declares Kong's {@code queue}. */
    public static Field queue() {
        return queue(1);
    }

    /** Declares Kong's {@code queue} with another size of batches. */
    public static Field queue(long maxBatch) {
        return Field.record(
                        "queue",
                        Field.integer("max_batch_size").between(1, MAX_ENTRIES).defaultTo(maxBatch),
                        Field.number("max_coalescing_delay").between(0, HOUR).defaultTo(1L),
                        Field.integer("max_entries").between(1, MAX_ENTRIES).defaultTo(10_000L),
                        Field.integer("max_bytes").between(1, Integer.MAX_VALUE),
                        Field.number("max_retry_time").between(0, MAX_ENTRIES).defaultTo(60L),
                        delay("initial_retry_delay").defaultTo(0.01),
                        delay("max_retry_delay").defaultTo(60L),
                        Field.integer("concurrency_limit").oneOf(-1L, 1L).defaultTo(1L))
                .required();
    }

    private static Field delay(String name) {
        return Field.number(name).check(value -> {
            double seconds = ((Number) value).doubleValue();
            return seconds >= 0.001 && seconds <= MAX_ENTRIES
                    ? null
                    : "value should be between 0.001 and " + MAX_ENTRIES;
        });
    }

    /** Declares the size of a batch as Kong did before {@code queue}. It precedes that unless it has its old default. */
    public static Field batchSize(String name) {
        return Field.integer(name).between(1, MAX_ENTRIES);
    }

    /** Declares the seconds that an incomplete batch waits, as Kong did before {@code queue}. */
    public static Field batchDelay(Field field) {
        return field.between(0, HOUR);
    }

    /** Declares Kong's field for Lua. Only an empty one is accepted. */
    public static Field customFields() {
        return Field.map(
                        "custom_fields_by_lua",
                        Field.element().lengthAtLeast(1),
                        Field.element().lengthAtLeast(1))
                .empty("not supported: the gateway runs no Lua");
    }

    /** Declares the URL of an HTTP server, which may contain a password. */
    public static Field url(String name) {
        return Field.string(name)
                .lengthAtMost(2_048)
                .format("uri")
                .check(LogFields::urlViolation)
                .secret();
    }

    private static @Nullable Object urlViolation(Object url) {
        try {
            URI uri = new URI((String) url);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            return isHttp && UrlServer.of(uri) != null ? null : "missing host in url";
        } catch (URISyntaxException e) {
            return "missing host in url";
        }
    }

    public static Field host() {
        return CommonFields.host("host");
    }

    public static Field port() {
        return CommonFields.port("port");
    }

    /** Declares a time limit in milliseconds. */
    public static Field timeout(String name, long defaultMillis) {
        return Field.number(name).between(1, Integer.MAX_VALUE - 1L).defaultTo(defaultMillis);
    }

    public static Field severity(String name) {
        return Field.string(name)
                .required()
                .oneOf("debug", "info", "notice", "warning", "err", "crit", "alert", "emerg")
                .defaultTo("info");
    }
}
