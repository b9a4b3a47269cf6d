package io.gatehouse.syntax.form;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the parameters of a header's value, such as {@code ; name="a"; filename="b"} (RFC 9110 §5.6.6). */
final class HeaderParameters {
    /** An unquoted value may contain characters that RFC 9110 wants quoted, such as the {@code =} of a boundary. */
    private static final Pattern PARAMETER = Pattern.compile(
            "[ \\t]*;[ \\t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s;\"\\\\]+)))?");

    private HeaderParameters() {}

    /** Returns values by lower-case name; empty if the text is malformed or a name is repeated. */
    static Optional<Map<String, String>> parse(String text) {
        Map<String, String> parameters = new LinkedHashMap<>();
        String rest = text.strip();
        Matcher parameter = PARAMETER.matcher(rest);
        int at = 0;
        while (at < rest.length()) {
            if (!parameter.find(at) || parameter.start() != at) {
                return Optional.empty();
            }
            at = parameter.end();
            String name = parameter.group(1);
            String value = parameter.group(2) == null ? parameter.group(3) : parameter.group(2);
            if (name != null && parameters.putIfAbsent(name.toLowerCase(Locale.ROOT), value) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(parameters);
    }
}
