package io.gatehouse.launch.status;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Negotiates the format of OpenMetrics 1.0, which has exemplars, with a client (RFC 9110 §12.5.1). */
final class OpenMetrics {
    static final String MEDIA_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static final String NAME = "application/openmetrics-text";
    private static final Pattern REFUSED = Pattern.compile("q=0(\\.0{0,3})?");
    private static final Pattern OTHER_VERSION = Pattern.compile("version=(?!1\\.0\\.0$).*");

    private OpenMetrics() {}

    /** Returns whether the values of {@code Accept} name the format in this version, or without a version. */
    static boolean isAccepted(List<String> values) {
        return values.stream()
                .flatMap(value -> Stream.of(value.toLowerCase(Locale.ROOT).split(",", -1)))
                .anyMatch(OpenMetrics::accepts);
    }

    private static boolean accepts(String element) {
        String[] parts = element.split(";", -1);
        return parts[0].strip().equals(NAME)
                && Stream.of(parts)
                        .map(String::strip)
                        .noneMatch(parameter -> REFUSED.matcher(parameter).matches()
                                || OTHER_VERSION.matcher(parameter).matches());
    }
}
