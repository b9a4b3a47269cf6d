package io.gatehouse.plugin.hmacauth;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.syntax.HeaderValue;
import io.vertx.core.net.HostAndPort;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Holds the signature of a request and what it covers.
 *
 * @param names the names of the signed headers in order, as the client writes them in the signed text; {@code request-line} and {@code
 *     @request-target} are two that are no headers
 * @param covered the same names in lower case
 * @param signature in Base64
 */
record SignedRequest(String username, String algorithm, List<String> names, Set<String> covered, String signature) {
    private static final String SCHEME = "hmac";
    /** As in Kong, a quotation mark may precede it. */
    private static final Pattern FORM = Pattern.compile(
            "\"?hmac\\s*username=\"([^\"]+)\",\\s*algorithm=\"([^\"]+)\",\\s*headers=\"([^\"]+)\",\\s*signature=\"([^\"]+)\"",
            Pattern.CASE_INSENSITIVE);

    /** Whether the value of a header is of this scheme. */
    static boolean isHmac(String header) {
        String value = header.strip();
        return value.regionMatches(true, value.startsWith("\"") ? 1 : 0, SCHEME, 0, SCHEME.length());
    }

    /** Reads the value of a header; null if it is none of this scheme, or malformed. */
    static @Nullable SignedRequest of(String header) {
        Matcher matcher = FORM.matcher(header.strip());
        if (!matcher.matches()) {
            return null;
        }
        String algorithm = matcher.group(2).toLowerCase(Locale.ROOT);
        List<String> names = List.of(matcher.group(3).strip().split("\\s+", -1));
        Set<String> covered =
                names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
        // Each copy of a name would add its header again: a short list would make a text of many megabytes.
        return covered.size() < names.size()
                ? null
                : new SignedRequest(HeaderValue.text(matcher.group(1)), algorithm, names, covered, matcher.group(4));
    }

    /** Whether the secret signed the request, in constant time. */
    boolean isSignedWith(String secret, Exchange exchange) {
        byte[] given;
        try {
            given = Base64.getDecoder().decode(signature);
        } catch (IllegalArgumentException e) {
            return false;
        }
        try {
            String name = "HmacSHA" + algorithm.substring("hmac-sha".length());
            Mac mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), name));
            // Headers and targets have one character for each byte.
            return MessageDigest.isEqual(mac.doFinal(text(exchange).getBytes(StandardCharsets.ISO_8859_1)), given);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has the algorithms of the schema", e);
        }
    }

    private String text(Exchange exchange) {
        return names.stream().map(name -> line(name, exchange)).collect(Collectors.joining("\n"));
    }

    /** The request line and the target precede headers of those names, with which a client could claim another target. */
    private static String line(String name, Exchange exchange) {
        String target = exchange.request().uri();
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "request-line" -> exchange.method() + " " + target + " " + version(exchange);
            case "@request-target" -> name + ": " + exchange.method().toLowerCase(Locale.ROOT) + " " + target;
            default -> {
                List<String> values = values(name, exchange);
                yield values.isEmpty() ? name + ":" : name + ": " + String.join(", ", values);
            }
        };
    }

    /** In HTTP/2 {@code :authority} is the host (RFC 9113 §8.3.1). */
    private static List<String> values(String name, Exchange exchange) {
        HostAndPort authority = exchange.request().authority();
        List<String> values = exchange.headers(name);
        return values.isEmpty() && authority != null && name.equalsIgnoreCase("host")
                ? List.of(authority.toString())
                : values;
    }

    private static String version(Exchange exchange) {
        return switch (exchange.request().version()) {
            case HTTP_1_0 -> "HTTP/1.0";
            case HTTP_1_1 -> "HTTP/1.1";
            case HTTP_2 -> "HTTP/2.0";
        };
    }
}
