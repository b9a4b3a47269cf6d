package io.gatehouse.plugin.log.tracing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the tags that a client adds to its request: {@code name=value; name=value}.
 *
 * <p><i>Invariant</i>: of all headers at most 4,096 characters are read, and at most 32 tags. A malformed one is ignored.
 */
final class RequestTags {
    private static final int MAX_CHARACTERS = 4_096;
    private static final int MAX_TAGS = 32;

    private RequestTags() {}

    static Map<String, String> of(List<String> headers) {
        Map<String, String> tags = new LinkedHashMap<>();
        int left = MAX_CHARACTERS;
        for (String header : headers) {
            String read = header.substring(0, Math.min(left, header.length()));
            left -= read.length();
            for (String item : read.split(";", -1)) {
                int equals = item.indexOf('=');
                String name = equals < 0 ? "" : item.substring(0, equals).strip();
                String value = equals < 0 ? "" : item.substring(equals + 1).strip();
                boolean isSound = !value.isEmpty()
                        && !name.isEmpty()
                        && name.chars().noneMatch(Character::isWhitespace)
                        && tags.size() < MAX_TAGS;
                if (isSound) {
                    tags.put(name, value);
                }
            }
        }
        return tags;
    }
}
