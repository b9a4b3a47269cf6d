package io.gatehouse.entity;

import io.gatehouse.syntax.RouteSyntax;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;

/** Fields that several entities share. */
final class CommonFields {
    private static final long MAX_TIMEOUT = 2_147_483_646L;
    /** The end of the year 9999; sums with a lifetime stay far from what a number can hold. */
    private static final long MAX_TIMESTAMP = 253_402_300_799L;

    /** What is unique has an index, whose entries PostgreSQL limits to 2,704 bytes. */
    static final int MAX_KEY_LENGTH = 512;

    private CommonFields() {}

    static Field id() {
        return Field.string("id").uuid().auto(() -> UUID.randomUUID().toString());
    }

    static Field createdAt() {
        return timestamp("created_at");
    }

    static Field updatedAt() {
        return timestamp("updated_at");
    }

    /** Seconds since the epoch, kept by the server. */
    private static Field timestamp(String name) {
        return Field.integer(name)
                .auto(() -> System.currentTimeMillis() / 1000)
                .check(value -> (long) value > 0 ? null : "value must be greater than 0")
                .check(value ->
                        (long) value <= MAX_TIMESTAMP ? null : "value should be between 1 and " + MAX_TIMESTAMP);
    }

    static Field tags() {
        return Field.set(
                "tags",
                Field.element()
                        .matches(
                                Texts::isTag,
                                value -> "invalid tag '" + value
                                        + "': expected printable characters except ',' and '/'"));
    }

    static Field name() {
        return Field.string("name")
                .unique()
                .lengthAtMost(MAX_KEY_LENGTH)
                .matches(
                        Texts::isName,
                        value -> "invalid value '" + value
                                + "': the only accepted ascii characters are alphanumerics or ., -, _, and ~");
    }

    static Field host(String name) {
        return Field.string(name).matches(Texts::isHost, value -> "invalid value: " + value);
    }

    static Field port(String name) {
        return Field.integer(name).between(0, 65_535);
    }

    static Field timeout(String name) {
        return Field.integer(name).between(1, MAX_TIMEOUT).defaultTo(60_000L);
    }

    /** A path that starts with a slash and has no empty segments. */
    static Field path(String name) {
        return Field.string(name).startsWith("/").check(path -> RouteSyntax.servicePathViolation((String) path));
    }

    /** Request protocols of a plugin or route. */
    static Field protocols(List<String> allowed, List<String> defaults) {
        return Field.set("protocols", Field.element().oneOf(allowed.toArray()))
                .required()
                .defaultTo(defaults);
    }

    static boolean isUpperCase(String text) {
        return !text.isEmpty()
                && text.equals(text.toUpperCase(Locale.ROOT))
                && IntStream.range(0, text.length()).allMatch(i -> text.charAt(i) >= 'A' && text.charAt(i) <= 'Z');
    }
}
