package io.gatehouse.fuzz.wire;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds the result of {@link RequestReader} for one request.
 *
 * @param why empty for {@link Verdict#VALID}
 * @param method is empty, like the rest of the head, unless the head is complete and valid
 * @param coding value of the Transfer-Encoding that frames the body, or null
 * @param end offset of the first byte after the request
 */
public record ParsedRequest(
        Verdict verdict,
        String why,
        String method,
        String target,
        String version,
        List<Field> fields,
        @Nullable String coding,
        String body,
        List<Field> trailers,
        int end) {
    private static final Pattern MARKER = Pattern.compile("m\\d+-\\d+");

    public enum Verdict {
        /** Matches the grammar of RFC 9112. The gateway may forward or reject it. */
        VALID,
        /** Must be rejected, or forwarded in a form that every recipient reads alike. */
        TOLERABLE,
        /** Must be rejected. No complete request may reach an upstream. */
        MALFORMED,
        /** Needs more bytes. */
        INCOMPLETE
    }

    public record Field(String name, String value) {
        public boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    public boolean isWhole() {
        return verdict == Verdict.VALID || verdict == Verdict.TOLERABLE;
    }

    public List<String> values(String name) {
        return fields.stream().filter(field -> field.is(name)).map(Field::value).toList();
    }

    @Nullable
    public String value(String name) {
        List<String> values = values(name);
        return values.isEmpty() ? null : values.get(0);
    }

    /** Returns whether the connection closes after the response (RFC 9112 §9.3). */
    public boolean closes() {
        boolean close = false;
        boolean keepAlive = false;
        for (String value : values("connection")) {
            for (String token : value.toLowerCase(Locale.ROOT).split(",", -1)) {
                close |= token.strip().equals("close");
                keepAlive |= token.strip().equals("keep-alive");
            }
        }
        return close || (version.equals("HTTP/1.0") && !keepAlive);
    }

    /** Returns the marker that the generator wrote, or null. */
    @Nullable
    public String marker() {
        for (String text : new String[] {target, String.valueOf(value("x-marker"))}) {
            Matcher marker = MARKER.matcher(text);
            if (marker.find()) {
                return marker.group();
            }
        }
        return null;
    }

    /** Returns the description that an independent parser must give, too. */
    public String seen() {
        String host = value("host");
        String length = value("content-length");
        return Wire.hex(method)
                + ' '
                + Wire.hex(target)
                + ' '
                + Wire.hex(host == null ? "-" : host)
                + ' '
                + (length == null ? "-" : length)
                + ' '
                + (coding == null ? "-" : coding)
                + ' '
                + body.length()
                + ' '
                + Wire.sha1(Wire.bytes(body));
    }
}
