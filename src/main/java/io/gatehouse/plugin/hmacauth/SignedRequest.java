package io.gatehouse.plugin.hmacauth;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.gatehouse.plugin.Exchange;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Holds the signature of a request and what it covers.
 *
 * @param headers the names of the signed headers in order, in lower case; {@code request-line} and {@code @request-target} are two
 *     that are no headers
 * @param signature in Base64
 */
record SignedRequest(String username, String algorithm, List<String> headers, String signature) {
    private static final Pattern FORM = Pattern.compile(
            "hmac\\s+username=\"([^\"]+)\",\\s*algorithm=\"([^\"]+)\",\\s*headers=\"([^\"]+)\",\\s*signature=\"([^\"]+)\"",
            Pattern.CASE_INSENSITIVE);

    /** Reads the value of a header; null if it is none of this scheme, or malformed. */
    static @Nullable SignedRequest of(String header) {
        Matcher matcher = FORM.matcher(header.strip());
        if (!matcher.matches()) {
            return null;
        }
        return new SignedRequest(
                matcher.group(1),
                matcher.group(2).toLowerCase(Locale.ROOT),
                List.of(matcher.group(3).toLowerCase(Locale.ROOT).strip().split("\\s+", -1)),
                matcher.group(4));
    }

    /** Whether the secret signed the request, in constant time. */
    boolean isSignedWith(String secret, Exchange exchange) {
        try {
            String name = "HmacSHA" + algorithm.substring("hmac-sha".length());
            Mac mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), name));
            // Headers and targets have one character for each byte.
            byte[] expected = mac.doFinal(text(exchange).getBytes(StandardCharsets.ISO_8859_1));
            return MessageDigest.isEqual(
                    Base64.getEncoder().encode(expected), signature.getBytes(StandardCharsets.ISO_8859_1));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has the algorithms of the schema", e);
        }
    }

    private String text(Exchange exchange) {
        List<String> lines = new ArrayList<>(headers.size());
        for (String name : headers) {
            List<String> values = exchange.headers(name);
            if (!values.isEmpty()) {
                lines.add(name + ": " + String.join(", ", values));
            } else if (name.equals("request-line")) {
                lines.add(exchange.method() + " " + exchange.request().uri() + " " + version(exchange));
            } else if (name.equals("@request-target")) {
                lines.add(name + ": " + exchange.method().toLowerCase(Locale.ROOT) + " "
                        + exchange.request().uri());
            } else {
                lines.add(name + ":");
            }
        }
        return String.join("\n", lines);
    }

    private static String version(Exchange exchange) {
        return switch (exchange.request().version()) {
            case HTTP_1_0 -> "HTTP/1.0";
            case HTTP_1_1 -> "HTTP/1.1";
            case HTTP_2 -> "HTTP/2.0";
        };
    }
}
