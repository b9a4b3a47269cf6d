package io.gatehouse.plugin.keyauth;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code multipart/form-data} (RFC 7578), kept in the pieces between its delimiters, so that what is sent on is byte for
 * byte what came, but for the parts taken out.
 *
 * @param delimiter a line break, two hyphens, the boundary
 * @param pieces the text before, each part with what follows its delimiter, the end; one character for each byte
 */
record MultipartBody(String delimiter, List<String> pieces) implements KeyedBody {
    private static final Pattern BOUNDARY = Pattern.compile("(?i);\\s*boundary=(?:\"([^\"]+)\"|([^;\\s]+))");
    private static final Pattern NAME = Pattern.compile("(?i)[;\\s]name=(?:\"([^\"]*)\"|([^;\\s]+))");
    private static final String HEADERS_END = "\r\n\r\n";
    /** A part's headers are a line or two; the rest of a longer text is not searched for one. */
    private static final int MAX_HEADERS = 1_024;

    static @Nullable MultipartBody parse(String contentType, Buffer body) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            return null;
        }
        String delimiter = "\r\n--" + group(boundary);
        // The first delimiter has no line break before it, and is none the less one.
        String text = "\r\n" + body.toString(StandardCharsets.ISO_8859_1);
        return new MultipartBody(delimiter, Arrays.asList(text.split(Pattern.quote(delimiter), -1)));
    }

    private static String group(Matcher matcher) {
        return matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    }

    @Override
    public List<String> values(String name) {
        List<String> values = new ArrayList<>();
        for (String piece : pieces) {
            if (isPart(piece, name)) {
                String value = piece.substring(piece.indexOf(HEADERS_END) + HEADERS_END.length());
                values.add(new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
            }
        }
        return values;
    }

    private static boolean isPart(String piece, String name) {
        int end = piece.indexOf(HEADERS_END);
        if (end < 0 || end > MAX_HEADERS) {
            return false;
        }
        for (String line : piece.substring(0, end).split("\r\n", -1)) {
            Matcher matcher = NAME.matcher(line);
            if (line.regionMatches(true, 0, "content-disposition:", 0, 20) && matcher.find()) {
                return new String(group(matcher).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                        .equals(name);
            }
        }
        return false;
    }

    @Override
    public Buffer without(String name) {
        String rest = String.join(
                delimiter, pieces.stream().filter(piece -> !isPart(piece, name)).toList());
        return Buffer.buffer(rest.substring(2).getBytes(StandardCharsets.ISO_8859_1));
    }
}
