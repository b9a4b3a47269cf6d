package io.gatehouse.plugin.proxycache;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Names the entry of a request.
 *
 * <p>Besides what Kong's key contains, it contains everything else that the gateway passes on and by which upstreams commonly select
 * a response: scheme, host, the whole identity, {@code Authorization} and {@code Cookie}, and what plugins have set for the upstream.
 * No client can store a response for a request that differs in these.
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
        String query = QueryKey.of(exchange.query(), config.varyParameters());
        if (query == null) {
            return null;
        }
        CacheKey key = new CacheKey();
        key.add(config.pluginId().toString());
        key.add(exchange.route().id().toString());
        key.addIdentity(exchange);
        key.add(exchange.method());
        key.add(exchange.upstreamMethod().name());
        key.add(exchange.upstreamPath());
        key.add(exchange.scheme());
        key.add(
                exchange.authority() == null
                        ? ""
                        : exchange.authority().toString().toLowerCase(Locale.ROOT));
        key.add(config.ignoresCase() ? exchange.path().toLowerCase(Locale.ROOT) : exchange.path());
        key.add(query);
        CREDENTIALS.forEach(name -> key.addHeader(name, exchange.upstreamHeaders(name)));
        if (exchange.isTrustedPeer()) {
            OF_TRUSTED_PEERS.forEach(name -> key.addHeader(name, exchange.headers(name)));
            RequestRules.ORIGINS.forEach(name -> key.addHeader(name, exchange.headers(name)));
        }
        new TreeMap<>(exchange.headersSet()).forEach((name, value) -> key.addHeader(name, List.of(value)));
        config.varyHeaders().forEach(name -> key.addHeader(name, exchange.upstreamHeaders(name)));
        return key.digest();
    }

    /** Adds the caller. Without a Consumer, a plugin may have checked a token or cookie that it then hides: it is the caller's identity. */
    private void addIdentity(Exchange exchange) {
        Identity identity = exchange.identity();
        if (identity == null || identity.isAnonymous() || identity.consumerId() == null) {
            CREDENTIALS.forEach(name -> addHeader(name, exchange.headers(name)));
        }
        if (identity == null) {
            add(null);
            return;
        }
        add(identity.consumerId() == null ? null : identity.consumerId().toString());
        add(identity.consumerCustomId());
        add(identity.consumerUsername());
        add(identity.credentialIdentifier());
        add(identity.scope());
        add(identity.userId());
        add(Boolean.toString(identity.isAnonymous()));
    }

    private void addHeader(String name, List<String> values) {
        add(name);
        add(Integer.toString(values.size()));
        values.forEach(this::add);
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
