package io.gatehouse.launch.status;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** Compresses responses for clients that accept it (RFC 9110 §12.5.3). */
final class Gzip {
    private static final Pattern REFUSED = Pattern.compile("q=0(\\.0{0,3})?");

    private Gzip() {}

    /** Returns whether the values of {@code Accept-Encoding} accept gzip. The coding's own weight overrides that of {@code *}. */
    static boolean isAccepted(List<String> values) {
        boolean any = false;
        for (String value : values) {
            for (String element : value.toLowerCase(Locale.ROOT).split(",", -1)) {
                String[] parts = element.split(";", 2);
                boolean accepted =
                        parts.length == 1 || !REFUSED.matcher(parts[1].strip()).matches();
                String coding = parts[0].strip();
                if (coding.equals("gzip") || coding.equals("x-gzip")) {
                    return accepted;
                }
                any |= coding.equals("*") && accepted;
            }
        }
        return any;
    }

    static Buffer compress(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return Buffer.buffer(bytes.toByteArray());
    }
}
