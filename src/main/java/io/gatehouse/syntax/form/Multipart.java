package io.gatehouse.syntax.form;

import io.gatehouse.syntax.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Parses {@code multipart/form-data} (RFC 7578) and keeps the position of each part.
 *
 * <p><i>Invariant</i>: the body has one character for each byte, so positions in the text are positions in the body.
 *
 * <p><i>Why</i>: a body that two parsers could read differently is malformed. Otherwise an upstream could find a credential in
 * a part that the gateway read under another name.
 */
public final class Multipart {
    private static final int MAX_PART_HEADER_BYTES = 8 * 1024;
    private static final String HEADER_END = "\r\n\r\n";
    private static final String DISPOSITION = "content-disposition:";
    private static final String ENCODING = "content-transfer-encoding:";
    private static final Set<String> IDENTITY = Set.of("7bit", "8bit", "binary");

    private final String octets;
    private final String delimiter;
    private final List<Part> parts;

    private Multipart(String octets, String delimiter, List<Part> parts) {
        this.octets = octets;
        this.delimiter = delimiter;
        this.parts = parts;
    }

    /**
     * Locates one part.
     *
     * @param isFile whether the part has a {@code filename}
     * @param start of its delimiter
     * @param valueStart of the value, {@code valueEnd} its end
     * @param end the start of the next delimiter
     */
    private record Part(String name, boolean isFile, int start, int valueStart, int valueEnd, int end) {}

    /** Parses a body; empty if it is malformed or has more than {@link FormPair#LIMIT} parts. */
    public static Optional<Multipart> parse(MediaType type, String octets) {
        return type.boundary()
                .map(boundary -> "--" + boundary)
                .flatMap(delimiter -> parts(octets, delimiter).map(parts -> new Multipart(octets, delimiter, parts)));
    }

    private static Optional<List<Part>> parts(String octets, String delimiter) {
        if (hasBareDelimiter(octets, delimiter)) {
            return Optional.empty();
        }
        List<Part> parts = new ArrayList<>();
        int start = octets.startsWith(delimiter) ? 0 : next(octets, delimiter, 0);
        while (start >= 0) {
            int after = start + delimiter.length();
            if (octets.startsWith("--", after)) {
                return isLineEnd(octets, after + 2) ? Optional.of(parts) : Optional.empty();
            }
            int header = afterPadding(octets, after);
            int headerEnd = header < 0 ? -1 : octets.indexOf(HEADER_END, header - 2);
            int end = headerEnd < 0 ? -1 : next(octets, delimiter, headerEnd + 2);
            if (end < 0 || headerEnd - header > MAX_PART_HEADER_BYTES || parts.size() == FormPair.LIMIT) {
                return Optional.empty();
            }
            String headers = octets.substring(header, Math.max(header, headerEnd));
            Optional<Part> part = part(headers, start, headerEnd + HEADER_END.length(), end);
            if (part.isEmpty()) {
                return Optional.empty();
            }
            parts.add(part.get());
            start = end;
        }
        return Optional.empty();
    }

    /** Returns the position of the next delimiter, after its line break. */
    private static int next(String octets, String delimiter, int from) {
        int lineBreak = octets.indexOf("\r\n" + delimiter, from);
        return lineBreak < 0 ? -1 : lineBreak + 2;
    }

    /** Returns whether another parser could take a bare line feed or carriage return for the line break of a delimiter. */
    private static boolean hasBareDelimiter(String octets, String delimiter) {
        for (int at = octets.indexOf(delimiter, 1); at > 0; at = octets.indexOf(delimiter, at + 1)) {
            char before = octets.charAt(at - 1);
            if (before == '\r' || (before == '\n' && (at == 1 || octets.charAt(at - 2) != '\r'))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLineEnd(String octets, int from) {
        return octets.substring(from).isBlank() || afterPadding(octets, from) >= 0;
    }

    /** Skips the white space and the line break that end a delimiter (RFC 2046 §5.1.1); -1 if other text follows. */
    private static int afterPadding(String octets, int from) {
        int at = from;
        while (at < octets.length() && (octets.charAt(at) == ' ' || octets.charAt(at) == '\t')) {
            at++;
        }
        return octets.startsWith("\r\n", at) ? at + 2 : -1;
    }

    private static Optional<Part> part(String header, int start, int valueStart, int end) {
        Map<String, String> disposition = null;
        for (String line : header.split("\r\n", -1)) {
            if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0 || line.startsWith(" ") || line.startsWith("\t")) {
                return Optional.empty();
            }
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith(ENCODING)
                    && !IDENTITY.contains(lower.substring(ENCODING.length()).strip())) {
                return Optional.empty();
            }
            if (lower.startsWith(DISPOSITION)) {
                Optional<Map<String, String>> parsed = formData(line.substring(DISPOSITION.length()));
                if (disposition != null || parsed.isEmpty()) {
                    return Optional.empty();
                }
                disposition = parsed.get();
            }
        }
        // Without an empty line there is no value.
        if (disposition == null || valueStart > end - 2) {
            return Optional.empty();
        }
        boolean isFile = disposition.containsKey("filename") || disposition.containsKey("filename*");
        return Optional.ofNullable(disposition.get("name"))
                .filter(name -> name.indexOf('\\') < 0)
                .flatMap(Multipart::utf8)
                .map(name -> new Part(name, isFile, start, valueStart, end - 2, end));
    }

    /** Returns the parameters of {@code form-data}. RFC 7578 §4.2 does not allow {@code name*}. */
    private static Optional<Map<String, String>> formData(String value) {
        String disposition = value.strip();
        return disposition.regionMatches(true, 0, "form-data", 0, 9)
                ? HeaderParameters.parse(disposition.substring(9)).filter(parsed -> !parsed.containsKey("name*"))
                : Optional.empty();
    }

    private static Optional<String> utf8(String octets) {
        return Text.utf8(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Returns all parts, files included, in order; empty if a value is not UTF-8. */
    public Optional<List<FormPair>> pairs() {
        return pairs(parts);
    }

    /** Returns the parts without a {@code filename} in order; empty if a value is not UTF-8. */
    public Optional<List<FormPair>> fields() {
        return pairs(parts.stream().filter(part -> !part.isFile()).toList());
    }

    private Optional<List<FormPair>> pairs(List<Part> chosen) {
        List<FormPair> pairs = new ArrayList<>(chosen.size());
        for (Part part : chosen) {
            Optional<String> value = utf8(octets.substring(part.valueStart(), part.valueEnd()));
            if (value.isEmpty()) {
                return Optional.empty();
            }
            pairs.add(new FormPair(part.name(), value.get()));
        }
        return Optional.of(pairs);
    }

    /** Removes the parts of a name and keeps the bytes of the others. */
    public String without(String name) {
        StringBuilder rest = new StringBuilder(octets.length());
        int kept = 0;
        for (Part part : parts) {
            if (part.name().equals(name)) {
                rest.append(octets, kept, part.start());
                kept = part.end();
            }
        }
        return rest.append(octets, kept, octets.length()).toString();
    }

    /** Returns the whole body. */
    public String octets() {
        return octets;
    }

    /** Returns the bytes of the first part of a name, files included; empty if there is none. */
    public Optional<String> value(String name) {
        return parts.stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .map(part -> octets.substring(part.valueStart(), part.valueEnd()));
    }

    /** Adds a part at the end, without a {@code filename}. Empty if a parser could end the value before its end. */
    public Optional<String> with(String name, String value) {
        if (value.startsWith(delimiter) || value.contains("\r" + delimiter) || value.contains("\n" + delimiter)) {
            return Optional.empty();
        }
        int start = octets.startsWith(delimiter) ? 0 : next(octets, delimiter, 0);
        int end = parts.isEmpty() ? start : parts.get(parts.size() - 1).end();
        String part = delimiter + "\r\nContent-Disposition: form-data; name=\"" + escaped(name) + "\"" + HEADER_END
                + value + "\r\n";
        return Optional.of(octets.substring(0, end) + part + octets.substring(end));
    }

    /** Escapes a name as browsers do (HTML Standard, multipart/form-data encoding algorithm). */
    private static String escaped(String name) {
        return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
                .replace("\"", "%22")
                .replace("\r", "%0D")
                .replace("\n", "%0A");
    }
}
