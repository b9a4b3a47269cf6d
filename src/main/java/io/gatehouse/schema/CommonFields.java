package io.gatehouse.schema;

import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.RouteSyntax;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Declares the fields that several entities share. */
public final class CommonFields {
    private static final long MAX_TIMEOUT = 2_147_483_646L;
    /** The end of the year 9999, in seconds since the epoch. Sums with a lifetime do not overflow. */
    private static final long MAX_TIMESTAMP = 253_402_300_799L;

    private static final long MAX_TTL = 100_000_000L;

    /** Characters of a unique value. PostgreSQL limits an index entry to 2,704 bytes. */
    public static final int MAX_KEY_LENGTH = 512;

    /** A resource owner's name, in bytes of UTF-8: it is indexed, too. */
    public static final int MAX_USER_ID_BYTES = 1_024;

    private CommonFields() {}

    public static Field id() {
        return Field.string("id").uuid().auto(() -> UUID.randomUUID().toString());
    }

    public static Field createdAt() {
        return timestamp("created_at");
    }

    public static Field updatedAt() {
        return timestamp("updated_at");
    }

    /** Declares a time in seconds since the epoch, which the server sets. */
    private static Field timestamp(String name) {
        return Field.integer(name)
                .timestamp()
                .auto(() -> System.currentTimeMillis() / 1000)
                .check(value -> (long) value > 0 ? null : "value must be greater than 0")
                .check(value ->
                        (long) value <= MAX_TIMESTAMP ? null : "value should be between 1 and " + MAX_TIMESTAMP);
    }

    public static Field tags() {
        return Field.set(
                "tags",
                Field.element()
                        .required()
                        .matches(
                                Texts::isTag,
                                value -> "invalid tag '" + value
                                        + "': expected printable characters except ',' and '/'"));
    }

    public static Field name() {
        return Field.string("name")
                .unique()
                .lengthAtMost(MAX_KEY_LENGTH)
                .matches(
                        Texts::isName,
                        value -> "invalid value '" + value
                                + "': the only accepted ascii characters are alphanumerics or ., -, _, and ~");
    }

    public static Field host(String name) {
        return Field.string(name).matches(Texts::isHost, value -> "invalid value: " + value);
    }

    /** Declares a host with an optional port, as in a {@code Host} header. */
    public static Field hostAndPort(String name) {
        return Field.string(name)
                .matches(
                        text -> {
                            Authority authority = Authority.parse(text);
                            return authority != null && Texts.isHost(authority.host());
                        },
                        value -> "invalid value: " + value);
    }

    public static Field port(String name) {
        return Field.integer(name).between(0, 65_535);
    }

    public static Field timeout(String name) {
        return Field.integer(name).between(1, MAX_TIMEOUT).defaultTo(60_000L);
    }

    /** Declares a path that starts with a slash and has no empty segments. */
    public static Field path(String name) {
        return Field.string(name).startsWith("/").check(path -> RouteSyntax.servicePathViolation((String) path));
    }

    /** Declares the request protocols of a plugin or Route. */
    public static Field protocols(List<String> allowed, List<String> defaults) {
        return Field.set("protocols", Field.element().oneOf(allowed.toArray()))
                .required()
                .defaultTo(defaults);
    }

    /** Declares the Consumer of requests without credentials: its id or username. */
    public static Field anonymous() {
        return Field.string("anonymous").lengthAtLeast(1);
    }

    /** Declares the realm, which {@code WWW-Authenticate} contains in quotes. */
    public static Field realm() {
        return Field.string("realm")
                .matches(
                        CommonFields::isQuotable,
                        value -> "must consist of printable ASCII characters without quotes and backslashes");
    }

    private static boolean isQuotable(String realm) {
        return realm.chars().allMatch(c -> c >= 32 && c < 127 && c != '"' && c != '\\');
    }

    /** Restricts a field to text that a header's value can contain. */
    public static Field headerText(Field field) {
        return field.matches(
                text -> text.chars().noneMatch(Character::isISOControl),
                value -> "must not contain control characters");
    }

    /** Restricts a field to the name of a group. Upstreams receive the groups of a Consumer as a comma-separated list in a header. */
    public static Field group(Field field) {
        return headerText(field).matches(text -> text.indexOf(',') < 0, value -> "must not contain commas");
    }

    /** Restricts a field or an element to the name of a header. */
    public static Field headerName(Field name) {
        return name.lengthAtLeast(1)
                .matches(CommonFields::isHeaderName, value -> "invalid header name '" + value + "'");
    }

    private static boolean isHeaderName(String name) {
        return name.chars().allMatch(c -> (c < 128 && Character.isLetterOrDigit(c)) || c == '-' || c == '_');
    }

    /** Declares the lifetime of an entity in seconds. {@link #expandTtl} converts it to {@link #deleteAt}. */
    public static Field ttl() {
        return Field.integer("ttl").between(0, MAX_TTL).writeOnly();
    }

    public static Field deleteAt() {
        return Field.integer("delete_at").hidden();
    }

    /** Converts {@code ttl} to the time when the row is deleted; 0 keeps the row. */
    public static Map<String, @Nullable Object> expandTtl(Map<String, @Nullable Object> given) {
        if (!(given.get("ttl") instanceof Number ttl) || ttl.longValue() <= 0 || ttl.longValue() > MAX_TTL) {
            return given;
        }
        Map<String, @Nullable Object> expanded = new LinkedHashMap<>(given);
        expanded.put("delete_at", System.currentTimeMillis() / 1000 + ttl.longValue());
        return expanded;
    }

    /** Declares the Consumer of a credential. Deleting the Consumer deletes the credential. */
    public static Field consumer() {
        return Field.foreign("consumer", "consumers", OnDelete.CASCADE).required();
    }

    /** Declares the key of a credential: unique, sent in headers, and generated if the client omits it. */
    public static Field key() {
        return headerText(Field.string("key"))
                .lengthAtLeast(1)
                .lengthAtMost(MAX_KEY_LENGTH)
                .unique()
                .auto(RandomString::next);
    }

    public static boolean isUpperCase(String text) {
        return !text.isEmpty()
                && text.equals(text.toUpperCase(Locale.ROOT))
                && IntStream.range(0, text.length()).allMatch(i -> text.charAt(i) >= 'A' && text.charAt(i) <= 'Z');
    }
}
