package io.gatehouse.plugin.hmacauth;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.credential.HmacState;
import io.gatehouse.entity.Plugin;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.plugin.Anonymous;
import io.gatehouse.plugin.CredentialCheck;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Authenticates requests by their signature: the {@code hmac-auth} plugin. */
public final class HmacAuthHandler implements PluginHandler {
    /** Bytes of the largest body whose digest is checked. */
    private static final int BODY_LIMIT = 1024 * 1024;

    private static final double MILLIS = 1_000;
    /** In order of precedence, as in Kong. */
    private static final List<String> HEADERS = List.of("proxy-authorization", "authorization");

    private static final List<String> DATES = List.of("x-date", "date");

    private final boolean hideCredentials;
    private final boolean validatesBody;
    private final double skewMillis;
    private final Set<String> enforced;
    private final List<String> algorithms;
    private final Anonymous anonymous;
    private final CredentialLookup<HmacState> credentials;
    private final String challenge;
    private final ProxyException missing;
    private final ProxyException untimely;
    private final ProxyException invalid;
    private final ProxyException different;

    private HmacAuthHandler(Document config, Anonymous anonymous, CredentialLookup<HmacState> credentials) {
        this.hideCredentials = config.flag("hide_credentials");
        this.validatesBody = config.flag("validate_request_body");
        this.skewMillis = config.number("clock_skew").doubleValue() * MILLIS;
        this.enforced = new TreeSet<>(config.strings("enforce_headers").stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList());
        this.algorithms = config.strings("algorithms");
        this.anonymous = anonymous;
        this.credentials = credentials;
        String realm = config.optionalString("realm");
        this.challenge = realm == null ? "hmac" : "hmac realm=\"" + realm + "\"";
        this.missing = rejection("Unauthorized");
        this.untimely = rejection("HMAC signature cannot be verified, "
                + "a valid date or x-date header is required for HMAC Authentication");
        this.invalid = rejection("HMAC signature cannot be verified");
        this.different = rejection("HMAC signature does not match");
    }

    /** Returns a factory whose handlers look credentials up in {@code credentials}. */
    public static PluginFactory factory(CredentialLookup<HmacState> credentials) {
        return (Plugin plugin, Catalog catalog) -> new HmacAuthHandler(
                plugin.config(), Anonymous.of(plugin.config().optionalString("anonymous"), catalog), credentials);
    }

    private ProxyException rejection(String message) {
        return ProxyError.UNAUTHORIZED.withMessage(message).with("WWW-Authenticate", challenge);
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        if (hideCredentials) {
            hide(exchange);
        }
        if (anonymous.isSatisfied(exchange)) {
            return CONTINUE;
        }
        if (HEADERS.stream().allMatch(name -> exchange.headers(name).isEmpty())) {
            return anonymous.reject(exchange, missing);
        }
        SignedRequest signed = signed(exchange);
        if (dates(signed).noneMatch(name -> isTimely(exchange, name))) {
            return anonymous.reject(exchange, untimely);
        }
        if (signed == null
                || !algorithms.contains(signed.algorithm())
                || !signed.covered().containsAll(enforced)) {
            return anonymous.reject(exchange, invalid);
        }
        return CredentialCheck.decide(
                exchange,
                credentials,
                HmacState.digest(signed.username()),
                state -> state == null ? anonymous.reject(exchange, invalid) : decide(exchange, state, signed));
    }

    /**
     * Hides each header of the scheme. One that does not count may contain a valid signature, too. A token that {@code openid-connect}
     * has set in place of the client's header stays.
     */
    private static void hide(Exchange exchange) {
        for (String name : HEADERS) {
            if (exchange.upstreamHeaders(name).stream().anyMatch(SignedRequest::isHmac)) {
                exchange.hideHeader(name);
            }
        }
    }

    private static @Nullable SignedRequest signed(Exchange exchange) {
        for (String name : HEADERS) {
            List<String> values = exchange.headers(name);
            SignedRequest signed = values.size() == 1 ? SignedRequest.of(values.get(0)) : null;
            if (signed != null) {
                return signed;
            }
        }
        return null;
    }

    /**
     * Returns the headers of which one has to be timely: the signed dates. Stricter than Kong, where a new {@code Date} beside the
     * signed {@code X-Date} of a recorded request makes that request valid again. If no date is signed, each counts, as in Kong.
     */
    private static Stream<String> dates(@Nullable SignedRequest signed) {
        List<String> covered = signed == null
                ? List.of()
                : DATES.stream().filter(signed.covered()::contains).toList();
        return (covered.isEmpty() ? DATES : covered).stream();
    }

    private boolean isTimely(Exchange exchange, String header) {
        List<String> values = exchange.headers(header);
        OptionalLong date = values.size() == 1 ? RequestDate.millis(values.get(0)) : OptionalLong.empty();
        return date.isPresent() && Math.abs((double) System.currentTimeMillis() - date.getAsLong()) <= skewMillis;
    }

    private Future<Outcome> decide(Exchange exchange, HmacState state, SignedRequest signed) {
        if (!signed.isSignedWith(state.secret(), exchange)) {
            return anonymous.reject(exchange, different);
        }
        if (!validatesBody) {
            return authenticated(exchange, state);
        }
        return exchange.readBody(BODY_LIMIT).transform((body, failure) -> {
            if (failure != null) {
                return Future.failedFuture(
                        failure instanceof Exchange.BodyTooLarge ? ProxyError.PAYLOAD_TOO_LARGE.failure() : failure);
            }
            return isDigested(exchange, body) ? authenticated(exchange, state) : anonymous.reject(exchange, different);
        });
    }

    /** Whether the {@code Digest} is that of the body. A request without both has a valid one. */
    private static boolean isDigested(Exchange exchange, Buffer body) {
        List<String> digests = exchange.headers("digest");
        if (digests.isEmpty()) {
            return body.length() == 0;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body.getBytes());
            String expected = "SHA-256=" + Base64.getEncoder().encodeToString(hash);
            return digests.size() == 1
                    && MessageDigest.isEqual(
                            expected.getBytes(StandardCharsets.US_ASCII),
                            digests.get(0).getBytes(StandardCharsets.ISO_8859_1));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static Future<Outcome> authenticated(Exchange exchange, HmacState state) {
        exchange.identity(Identity.of(state, state.username(), exchange.identity()));
        return CONTINUE;
    }
}
