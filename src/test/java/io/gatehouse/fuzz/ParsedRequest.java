package io.gatehouse.fuzz;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@link RequestReader} makes of bytes that begin a request.
 *
 * @param why empty for {@link Verdict#VALID}
 * @param method and the rest of the head are empty unless the head is complete and sound
 * @param coding the value of Transfer-Encoding that frames the body; null without
 * @param end offset of the first byte after the request
 */
record ParsedRequest(
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

    enum Verdict {
        /** The grammar of RFC 9112 allows it: to be forwarded, or refused by policy. */
        VALID,
        /** To be refused, or forwarded with the meaning that every recipient agrees on. */
        TOLERABLE,
        /** To be refused; no complete request may reach an upstream. */
        MALFORMED,
        /** More bytes are to come. */
        INCOMPLETE
    }

    record Field(String name, String value) {
        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    boolean isWhole() {
        return verdict == Verdict.VALID || verdict == Verdict.TOLERABLE;
    }

    List<String> values(String name) {
        return fields.stream().filter(field -> field.is(name)).map(Field::value).toList();
    }

    @Nullable
    String value(String name) {
        List<String> values = values(name);
        return values.isEmpty() ? null : values.get(0);
    }

    /** Whether the connection ends with the response to it (RFC 9112 §9.3). */
    boolean closes() {
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

    /** What the generator wrote into it to recognise it by; null without. */
    @Nullable
    String marker() {
        for (String text : new String[] {target, String.valueOf(value("x-marker"))}) {
            Matcher marker = MARKER.matcher(text);
            if (marker.find()) {
                return marker.group();
            }
        }
        return null;
    }

    /** What an independent parser has to see, too. */
    String seen() {
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
