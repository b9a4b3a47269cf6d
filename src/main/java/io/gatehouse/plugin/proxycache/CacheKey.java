package io.gatehouse.plugin.proxycache;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.syntax.form.UrlEncoded;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Names the entry of a request.
 *
 * <p>Besides what Kong's key contains, it contains everything else that the gateway passes on and by which upstreams commonly select
 * a response: scheme, host, the whole identity, {@code Authorization} and {@code Cookie}. No client can store a response for a request
 * that differs in these.
 */
final class CacheKey {
    /** Upstreams behind a trusted peer build links and redirects from them. */
    private static final List<String> OF_TRUSTED_PEERS = List.of(
            "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-path");

    private static final List<String> CREDENTIALS = List.of("authorization", "cookie");

    private final StringBuilder text = new StringBuilder();

    private CacheKey() {}

    /** Returns the key, in hexadecimal; null if the request has no unambiguous one. */
    static @Nullable String of(ProxyCacheConfig config, Exchange exchange) {
        String query = exchange.query();
        if (!config.varyParameters().isEmpty() && query != null && query.indexOf(';') >= 0) {
            // Some upstreams read a semicolon as a separator. A parameter that the key contains could hide in another.
            return null;
        }
        CacheKey key = new CacheKey();
        key.add(config.pluginId().toString());
        key.add(exchange.route().id().toString());
        key.addIdentity(exchange.identity());
        key.add(exchange.method());
        key.add(exchange.scheme());
        key.add(
                exchange.authority() == null
                        ? ""
                        : exchange.authority().toString().toLowerCase(Locale.ROOT));
        key.add(config.ignoresCase() ? exchange.path().toLowerCase(Locale.ROOT) : exchange.path());
        key.addQuery(query, config);
        CREDENTIALS.forEach(name -> key.addHeader(exchange, name));
        if (exchange.isTrustedPeer()) {
            OF_TRUSTED_PEERS.forEach(name -> key.addHeader(exchange, name));
        }
        config.varyHeaders().forEach(name -> key.addHeader(exchange, name));
        return key.digest();
    }

    private void addIdentity(@Nullable Identity identity) {
        if (identity == null) {
            add(null);
            return;
        }
        add(identity.consumerId().toString());
        add(identity.consumerCustomId());
        add(identity.consumerUsername());
        add(identity.credentialIdentifier());
        add(identity.scope());
        add(identity.userId());
        add(Boolean.toString(identity.isAnonymous()));
    }

    private void addHeader(Exchange exchange, String name) {
        List<String> values = exchange.upstreamHeaders(name);
        add(name);
        add(Integer.toString(values.size()));
        values.forEach(this::add);
    }

    /** Adds the pairs in the order of their names, as their bytes are; those of one name keep their order. */
    private void addQuery(@Nullable String query, ProxyCacheConfig config) {
        if (query == null || query.isEmpty()) {
            add(null);
            return;
        }
        if (config.varyParameters().isEmpty()) {
            String[] pairs = query.split("&", -1);
            Arrays.sort(pairs, Comparator.comparing(CacheKey::rawName));
            add(String.join("&", pairs));
            return;
        }
        Map<String, List<String>> all = UrlEncoded.all(query);
        config.varyParameters().stream().sorted().filter(all::containsKey).forEach(name -> {
            List<String> values = Objects.requireNonNull(all.get(name));
            add(name);
            add(Integer.toString(values.size()));
            values.forEach(this::add);
        });
    }

    private static String rawName(String pair) {
        int equals = pair.indexOf('=');
        return equals < 0 ? pair : pair.substring(0, equals);
    }

    /** Adds a part with its length, so that no two lists of parts have the same text. */
    private void add(@Nullable String part) {
        if (part == null) {
            text.append("-;");
        } else {
            text.append(part.length()).append(':').append(part).append(';');
        }
    }

    private String digest() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Objects.requireNonNull(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
