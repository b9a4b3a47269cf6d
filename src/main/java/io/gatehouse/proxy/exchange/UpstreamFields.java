package io.gatehouse.proxy.exchange;

import io.gatehouse.plugin.Identity;
import io.gatehouse.proxy.head.ConnectionHeader;
import io.gatehouse.proxy.head.HeaderNames;
import io.gatehouse.syntax.HeaderText;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Separates the header fields of an upstream request that the client sends from those of the gateway. Runs for every proxied request.
 *
 * <p><i>Invariant</i>: no value that a client sends in a field of the gateway reaches an upstream, or a plugin that copies fields.
 */
public final class UpstreamFields {
    /** Fields that frame the message, that are for one connection only (RFC 9110 §7.6.1), or that the gateway sets itself. */
    private static final HeaderNames OWN = new HeaderNames(
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            // CGI programs read it as HTTP_PROXY, and would send their own requests to that proxy.
            "proxy",
            "forwarded",
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-path",
            "x-forwarded-prefix",
            "x-real-ip",
            "via",
            "traceparent",
            "tracestate",
            "x-kong-request-id",
            "x-credential-identifier",
            // The name of the same header in Kong before 3.0.
            "x-credential-username",
            "x-anonymous-consumer");

    /** Fields of {@link #OWN} that a trusted peer may send. */
    private static final HeaderNames OF_TRUSTED_PEERS = new HeaderNames(
            "forwarded",
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-path",
            "x-forwarded-prefix",
            "x-real-ip");

    private static final CharSequence X_CONSUMER_ID = HttpHeaders.createOptimized("x-consumer-id");
    private static final CharSequence X_CONSUMER_CUSTOM_ID = HttpHeaders.createOptimized("x-consumer-custom-id");
    private static final CharSequence X_CONSUMER_USERNAME = HttpHeaders.createOptimized("x-consumer-username");
    private static final CharSequence X_CREDENTIAL_IDENTIFIER = HttpHeaders.createOptimized("x-credential-identifier");
    private static final CharSequence X_AUTHENTICATED_SCOPE = HttpHeaders.createOptimized("x-authenticated-scope");
    private static final CharSequence X_AUTHENTICATED_USERID = HttpHeaders.createOptimized("x-authenticated-userid");
    private static final CharSequence X_ANONYMOUS_CONSUMER = HttpHeaders.createOptimized("x-anonymous-consumer");

    private UpstreamFields() {}

    /** Whether the client's field is dropped. Only the gateway may set those that identify a Consumer, with or without a plugin. */
    public static boolean isOwn(CharSequence name) {
        return OWN.contains(name)
                || HeaderNames.startsWith(name, "x-consumer-")
                || HeaderNames.startsWith(name, "x-authenticated-")
                || HeaderNames.startsWith(name, "proxy-");
    }

    /** Sets the fields that identify the caller, except those that an operator's edits precede. */
    public static void identify(@Nullable Identity identity, HeaderChanges changes, MultiMap upstream) {
        if (identity == null) {
            return;
        }
        if (changes.overIdentity().isEmpty()) {
            identify(identity, upstream);
            return;
        }
        MultiMap own = MultiMap.caseInsensitiveMultiMap();
        identify(identity, own);
        changes.overIdentity().forEach(own::remove);
        own.forEach((name, value) -> upstream.set(name, value));
    }

    private static void identify(Identity identity, MultiMap upstream) {
        if (identity.consumerId() != null) {
            upstream.set(X_CONSUMER_ID, identity.consumerId().toString());
        }
        setText(upstream, X_CONSUMER_CUSTOM_ID, identity.consumerCustomId());
        setText(upstream, X_CONSUMER_USERNAME, identity.consumerUsername());
        setText(upstream, X_CREDENTIAL_IDENTIFIER, identity.credentialIdentifier());
        setText(upstream, X_AUTHENTICATED_SCOPE, identity.scope());
        setText(upstream, X_AUTHENTICATED_USERID, identity.userId());
        if (identity.isAnonymous()) {
            upstream.set(X_ANONYMOUS_CONSUMER, "true");
        }
    }

    private static void setText(MultiMap upstream, CharSequence name, @Nullable String text) {
        if (text != null) {
            upstream.set(name, HeaderText.of(text));
        }
    }

    /**
     * Returns the values of a field that the upstream receives, of those that the client and plugins set. {@code named} are the fields
     * that the client's {@code Connection} names.
     */
    static List<String> values(
            String name,
            MultiMap sent,
            Collection<String> named,
            HeaderChanges changes,
            @Nullable Identity identity,
            boolean isTrustedPeer) {
        MultiMap own = MultiMap.caseInsensitiveMultiMap();
        identify(identity, changes, own);
        if (own.contains(name)) {
            return own.getAll(name);
        }
        boolean isPassed = isOwn(name)
                ? isTrustedPeer && OF_TRUSTED_PEERS.contains(name)
                : !ConnectionHeader.contains(named, name);
        return changes.values(name, isPassed ? sent.getAll(name) : List.of());
    }
}
