package io.gatehouse.schema;

import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.HostForm;
import io.gatehouse.syntax.RouteSyntax;
import io.gatehouse.syntax.VaultReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Declares the fields that several entities share. */
public final class CommonFields {
    private static final long MAX_TIMEOUT = 2_147_483_646L;

    private static final double MILLIS = 1_000;

    /** The longest lifetime in seconds. */
    public static final long MAX_TTL = 100_000_000L;

    /** Characters of a unique value. PostgreSQL limits an index entry to 2,704 bytes. */
    public static final int MAX_KEY_LENGTH = 512;

    /** A resource owner's name, in bytes of UTF-8: it is indexed, too. */
    public static final int MAX_USER_ID_BYTES = 1_024;

    /** The largest integer that every JSON client can represent, 2^53. */
    public static final long MAX_INTEGER = 9_007_199_254_740_992L;

    /** The largest time. Clients of Kong also send milliseconds. */
    public static final long MAX_TIMESTAMP = MAX_INTEGER;

    private static final TextPattern QUOTABLE = TextPattern.of("[ !#-\\[\\]-~]+");

    private static final TextPattern HEADER_TEXT = TextPattern.of("[^\\x00-\\x1f\\x7f-\\x9f]+");

    private static final TextPattern GROUP = TextPattern.of("[^\\x00-\\x1f\\x7f-\\x9f,]+");

    private static final TextPattern HEADER_NAME = TextPattern.of("[A-Za-z0-9_-]+");

    /** RFC 9110 §5.6.2. */
    private static final TextPattern TOKEN = TextPattern.of("[!#-'*+.0-9A-Z^-z|~-]+");

    private CommonFields() {}

    public static Field id() {
        return Field.string("id").uuid().auto(() -> UUID.randomUUID().toString());
    }

    public static Field createdAt() {
        return timestamp("created_at");
    }

    /** Declares the time in seconds from which the life of an entity counts. A write may change it. */
    public static Field beginsAt() {
        return createdAt().with("settable", true);
    }

    public static Field updatedAt() {
        return timestamp("updated_at");
    }

    /** Declares a time with milliseconds. */
    public static Field createdAtMillis() {
        return timestampMillis("created_at");
    }

    /** Declares a time with milliseconds. */
    public static Field updatedAtMillis() {
        return timestampMillis("updated_at");
    }

    /** Declares a time in seconds since the epoch, which the server sets. */
    private static Field timestamp(String name) {
        return time(Field.integer(name).auto(() -> System.currentTimeMillis() / 1000));
    }

    private static Field timestampMillis(String name) {
        return time(Field.number(name).auto(() -> System.currentTimeMillis() / MILLIS));
    }

    private static Field time(Field field) {
        return field.timestamp()
                .check(value -> ((Number) value).doubleValue() > 0 ? null : "expected a valid timestamp")
                .check(value -> ((Number) value).longValue() <= MAX_TIMESTAMP
                        ? null
                        : "value should be between 1 and " + MAX_TIMESTAMP);
    }

    public static Field tags() {
        return Field.set("tags", tag(Field.element()).required());
    }

    /** Restricts a field to a tag. */
    public static Field tag(Field field) {
        return field.pattern(
                Texts.TAG,
                value -> "invalid tag '" + value
                        + "': expected printable ascii (except `,` and `/`) or valid utf-8 sequences");
    }

    public static Field name() {
        return Field.string("name")
                .unique()
                .lengthAtMost(MAX_KEY_LENGTH)
                .pattern(
                        Texts.NAME,
                        value -> "invalid value '" + value
                                + "': the only accepted ascii characters are alphanumerics or ., -, _, and ~");
    }

    public static Field host(String name) {
        return host(Field.string(name));
    }

    /** Restricts a field or an element to a host. */
    public static Field host(Field field) {
        return field.lengthAtMost(Texts.MAX_HOST)
                .format("host-name")
                .check(host -> HostForm.of((String) host).hostViolation());
    }

    /** Declares the name of a host, which is no address. */
    public static Field serverName(String name) {
        return Field.string(name)
                .lengthAtMost(Texts.MAX_HOST)
                .format("host-name")
                .check(host -> HostForm.of((String) host).nameViolation());
    }

    /** Declares a host with an optional port, as in a {@code Host} header. */
    public static Field hostAndPort(String name) {
        return Field.string(name)
                .format("authority")
                .check(host -> HostForm.of((String) host).violation())
                .matches(host -> Authority.parse(host) != null, host -> "invalid value: " + host);
    }

    public static Field port(String name) {
        return Field.integer(name).between(0, 65_535);
    }

    public static Field timeout(String name) {
        return Field.integer(name).between(1, MAX_TIMEOUT).defaultTo(60_000L);
    }

    /** Declares a path that starts with a slash and has no empty segments. */
    public static Field path(String name) {
        return Field.string(name)
                .startsWith("/")
                .format("path")
                .check(path -> RouteSyntax.servicePathViolation((String) path));
    }

    /** Declares the request protocols of a plugin or Route. */
    public static Field protocols(List<String> allowed, List<String> defaults) {
        return Field.set("protocols", Field.element().oneOf(allowed.toArray()))
                .required()
                .defaultTo(defaults);
    }

    /** Declares the Consumer of requests without credentials: its id or username. */
    public static Field anonymous() {
        return Field.string("anonymous").lengthAtMost(MAX_KEY_LENGTH);
    }

    /** Declares the realm, which {@code WWW-Authenticate} contains in quotes. */
    public static Field realm() {
        return Field.string("realm")
                .pattern(
                        QUOTABLE, value -> "must consist of printable ASCII characters without quotes and backslashes");
    }

    /** Restricts a field to text that a header's value can contain. */
    public static Field headerText(Field field) {
        return field.pattern(HEADER_TEXT, value -> "must not contain control characters");
    }

    /**
     * Restricts a field to a secret that the entity contains.
     *
     * <p><i>Why</i>: a reference to a vault that is not resolved would itself be the secret, which is easy to guess.
     */
    public static Field literal(Field field) {
        return field.matches(
                text -> !VaultReference.isReference(text), value -> "references to a vault are not supported here");
    }

    /** Restricts a field to the name of a group. Upstreams receive the groups of a Consumer as a comma-separated list in a header. */
    public static Field group(Field field) {
        return headerText(field).pattern(GROUP, value -> "must not contain commas");
    }

    /** Restricts a field or an element to the name of a header. */
    public static Field headerName(Field name) {
        return name.pattern(
                HEADER_NAME,
                value -> "bad header name '" + value + "', allowed characters are A-Z, a-z, 0-9, '_', and '-'");
    }

    /** Declares the name of a cookie (RFC 6265 §4.1.1). */
    public static Field cookieName(String name) {
        return Field.string(name)
                .pattern(
                        TOKEN,
                        value -> "contains one or more invalid characters. ASCII control characters (0-31;127), space,"
                                + " tab and the characters ()<>@,;:\\\"/?={}[] are not allowed.");
    }

    /**
     * Declares the lifetime of an entity in seconds. {@link #expandTtl} converts it to {@link #deleteAt}; responses show the seconds
     * left, or null.
     */
    public static Field ttl() {
        return Field.integer("ttl").between(0, MAX_TTL).secondsUntil("delete_at");
    }

    public static Field deleteAt() {
        return Field.integer("delete_at").hidden();
    }

    /** Converts {@code ttl} to the time when the row is deleted; 0 is null, which keeps the row. */
    public static Map<String, @Nullable Object> expandTtl(Map<String, @Nullable Object> given) {
        if (!(given.get("ttl") instanceof Number ttl) || ttl.doubleValue() < 0 || ttl.doubleValue() > MAX_TTL) {
            return given;
        }
        Map<String, @Nullable Object> expanded = new LinkedHashMap<>(given);
        if (ttl.doubleValue() == 0) {
            expanded.remove("ttl");
        } else {
            expanded.put("delete_at", System.currentTimeMillis() / 1000 + ttl.longValue());
        }
        return expanded;
    }

    /** Declares the Consumer of a credential. Deleting the Consumer deletes the credential. */
    public static Field consumer() {
        return Field.foreign("consumer", "consumers", OnDelete.CASCADE).required();
    }

    /** Declares the key of a credential: unique, sent in headers, and generated if the client omits it. */
    public static Field key() {
        return headerText(Field.string("key"))
                .lengthAtMost(MAX_KEY_LENGTH)
                .unique()
                .auto(RandomString::next);
    }
}
