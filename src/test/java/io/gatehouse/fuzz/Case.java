package io.gatehouse.fuzz;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds the messages that one client sends on one connection. The last message requests its close.
 *
 * @param mutations of each message, in order, by its first marker
 * @param bytes as ISO 8859-1
 * @param pieces ascending offsets at which the bytes are split into writes
 */
record Case(long number, LinkedHashMap<String, String> mutations, String bytes, List<Integer> pieces) {
    private static final Pattern MARKER = Pattern.compile("m\\d+-\\d+");

    /** Returns the mutation of the message that begins at or near the offset. */
    String mutationAt(int offset) {
        Matcher marker = MARKER.matcher(bytes);
        boolean found = marker.find(Math.min(offset, bytes.length()));
        while (found && !mutations.containsKey(marker.group())) {
            found = marker.find();
        }
        return found ? String.valueOf(mutations.get(marker.group())) : "valid";
    }
}
