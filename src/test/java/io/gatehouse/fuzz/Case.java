package io.gatehouse.fuzz;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one client sends on one connection: messages of which the last asks for its end.
 *
 * @param mutations of each message, in order, by the first marker in it
 * @param bytes as ISO 8859-1
 * @param pieces where the bytes are cut into writes: offsets, ascending
 */
record Case(long number, LinkedHashMap<String, String> mutations, String bytes, List<Integer> pieces) {
    private static final Pattern MARKER = Pattern.compile("m\\d+-\\d+");

    /** Of the message that begins at the offset, or nearly so. */
    String mutationAt(int offset) {
        Matcher marker = MARKER.matcher(bytes);
        boolean found = marker.find(Math.min(offset, bytes.length()));
        while (found && !mutations.containsKey(marker.group())) {
            found = marker.find();
        }
        return found ? String.valueOf(mutations.get(marker.group())) : "valid";
    }
}
