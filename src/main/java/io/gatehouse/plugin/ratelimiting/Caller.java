package io.gatehouse.plugin.ratelimiting;

import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Service;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.IpRange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Names the caller that a limit applies to ({@code limit_by}).
 *
 * <p><i>Invariant</i>: a client cannot choose the name of another caller. Each kind of name has its own prefix, so a header that
 * contains an address is not that address. A client has a /64 of IPv6 and chooses among its addresses, so they are one caller.
 */
final class Caller {
    /** Longer names are digested, so that a client does not choose the size of a key. */
    private static final int MAX_LENGTH = 64;

    private final String plugin;
    /** Returns null if the request has no such name; then the network of the address is used. */
    private final Function<Exchange, @Nullable String> name;

    Caller(Plugin plugin) {
        this.plugin = plugin.id().toString();
        this.name = name(plugin.config());
    }

    private static Function<Exchange, @Nullable String> name(Document config) {
        return switch (config.string("limit_by")) {
            case "consumer" -> Caller::consumer;
            case "credential" -> Caller::credential;
            case "service" -> Caller::service;
            case "header" -> {
                String header = config.string("header_name");
                yield exchange -> prefixed("h:", exchange.request().getHeader(header));
            }
            case "path" -> {
                String path = config.string("path");
                yield exchange -> exchange.path().equals(path) ? "p:" + path : null;
            }
            default -> exchange -> null;
        };
    }

    private static @Nullable String service(Exchange exchange) {
        Service service = exchange.service();
        return service == null ? null : "s:" + service.id();
    }

    private static @Nullable String consumer(Exchange exchange) {
        Identity identity = exchange.identity();
        if (identity == null) {
            return null;
        }
        // As in Kong, the credential names a caller who is no Consumer.
        return identity.consumerId() == null ? credential(exchange) : "u:" + identity.consumerId();
    }

    private static @Nullable String credential(Exchange exchange) {
        Identity identity = exchange.identity();
        return identity == null ? null : prefixed("c:", identity.credentialIdentifier());
    }

    private static @Nullable String prefixed(String prefix, @Nullable String value) {
        return value == null ? null : prefix + value;
    }

    /** Returns the key of the counters. */
    String key(Exchange exchange) {
        String named = name.apply(exchange);
        String caller = named == null ? "a:" + IpRange.network(exchange.clientAddress()) : named;
        return plugin + (caller.length() > MAX_LENGTH ? digest(caller) : caller);
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "d:" + HexFormat.of().formatHex(Objects.requireNonNull(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
