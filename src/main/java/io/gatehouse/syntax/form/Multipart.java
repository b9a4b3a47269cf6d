package io.gatehouse.syntax.form;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses {@code multipart/form-data} with text parts (RFC 7578), from a body that has been read whole. */
public final class Multipart {
    private static final Pattern BOUNDARY =
            Pattern.compile(";\\s*boundary=(?:\"([^\"]{1,70})\"|([^;\\s\"]{1,70}))", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = Pattern.compile(
            "^content-disposition:\\s*form-data\\s*;(?:[^\\r\\n]*?;)?\\s*name=(?:\"([^\"\\r\\n]*)\"|([^;\\s\"]+))",
            Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
    private static final int MAX_PART_HEADER = 8 * 1024;

    private Multipart() {}

    /** Returns the pairs in their order; empty if the body does not have the form of its type. */
    public static Optional<List<FormPair>> parse(String contentType, byte[] body) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            return Optional.empty();
        }
        String token = boundary.group(1) != null ? boundary.group(1) : boundary.group(2);
        // One character per byte, so that positions in the text are positions in the body.
        String text = new String(body, StandardCharsets.ISO_8859_1);
        String delimiter = "\r\n--" + token;
        int at = text.startsWith("--" + token) ? -2 : text.indexOf(delimiter);
        List<FormPair> pairs = new ArrayList<>();
        while (at != -1) {
            int start = at + delimiter.length();
            if (text.startsWith("--", start)) {
                return Optional.of(pairs);
            }
            int headerEnd = text.indexOf("\r\n\r\n", start);
            int next = headerEnd < 0 ? -1 : text.indexOf(delimiter, headerEnd + 2);
            if (next < 0 || headerEnd - start > MAX_PART_HEADER) {
                return Optional.empty();
            }
            Optional<FormPair> pair = part(text.substring(start, headerEnd), text, Math.min(headerEnd + 4, next), next);
            if (pair.isEmpty()) {
                return Optional.empty();
            }
            pairs.add(pair.get());
            at = next;
        }
        return Optional.empty();
    }

    private static Optional<FormPair> part(String header, String text, int from, int to) {
        Matcher name = NAME.matcher(header);
        if (!name.find()) {
            return Optional.empty();
        }
        Optional<String> decodedName = utf8(name.group(1) != null ? name.group(1) : name.group(2));
        Optional<String> value = utf8(text.substring(from, to));
        return decodedName.isEmpty() || value.isEmpty()
                ? Optional.empty()
                : Optional.of(new FormPair(decodedName.get(), value.get()));
    }

    private static Optional<String> utf8(String bytes) {
        return PercentEncoding.utf8(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
