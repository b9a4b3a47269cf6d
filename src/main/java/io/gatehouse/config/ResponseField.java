package io.gatehouse.config;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A header field that the proxy adds to responses, with Kong's names of fields and groups. */
public enum ResponseField {
    SERVER("Server", "server_tokens"),
    VIA("Via", "server_tokens"),
    UPSTREAM_LATENCY("X-Kong-Upstream-Latency", "latency_tokens"),
    PROXY_LATENCY("X-Kong-Proxy-Latency", "latency_tokens"),
    RESPONSE_LATENCY("X-Kong-Response-Latency", "latency_tokens"),
    UPSTREAM_STATUS("X-Kong-Upstream-Status", ""),
    REQUEST_ID("X-Kong-Request-Id", "");

    private final String field;
    private final String group;

    ResponseField(String field, String group) {
        this.field = field;
        this.group = group;
    }

    /**
     * Returns the fields that the words name; {@code off} alone names none.
     *
     * @throws IllegalArgumentException if a word is unknown
     */
    public static Set<ResponseField> named(List<String> words) {
        Set<ResponseField> fields = EnumSet.noneOf(ResponseField.class);
        if (words.equals(List.of("off"))) {
            return fields;
        }
        for (String word : words) {
            List<ResponseField> named =
                    Arrays.stream(values()).filter(field -> field.isNamed(word)).toList();
            if (named.isEmpty()) {
                throw new IllegalArgumentException(word);
            }
            fields.addAll(named);
        }
        return fields;
    }

    private boolean isNamed(String word) {
        String lowerCase = word.toLowerCase(Locale.ROOT);
        return lowerCase.equals(field.toLowerCase(Locale.ROOT)) || (!group.isEmpty() && lowerCase.equals(group));
    }
}
