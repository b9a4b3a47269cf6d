package io.gatehouse.plugin.keyauth;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.credential.KeyState;
import io.gatehouse.entity.Plugin;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.plugin.Anonymous;
import io.gatehouse.plugin.CredentialCheck;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.HeaderName;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates requests by API key: the {@code key-auth} plugin.
 *
 * <p><i>Threading</i>: runs for every request that it covers. If the credential state is cached in this process, the check
 * completes synchronously.
 */
public final class KeyAuthHandler implements PluginHandler {
    /** Bytes of the largest body that is searched for a key. */
    private static final int BODY_LIMIT = 64 * 1024;

    private final KeyAuthConfig config;
    private final Anonymous anonymous;
    private final CredentialLookup<KeyState> keys;
    private final ProxyException missing;
    private final ProxyException duplicate;
    private final ProxyException unauthorized;

    private KeyAuthHandler(KeyAuthConfig config, Anonymous anonymous, CredentialLookup<KeyState> keys) {
        this.config = config;
        this.anonymous = anonymous;
        this.keys = keys;
        this.missing = rejection("No API key found in request");
        this.duplicate = rejection("Duplicate API key found");
        this.unauthorized = rejection("Unauthorized");
    }

    /** Returns a factory whose handlers look keys up in {@code keys}. */
    public static PluginFactory factory(CredentialLookup<KeyState> keys) {
        return (Plugin plugin, Catalog catalog) -> {
            KeyAuthConfig config = KeyAuthConfig.of(plugin);
            return new KeyAuthHandler(config, Anonymous.of(config.anonymous(), catalog), keys);
        };
    }

    private ProxyException rejection(String message) {
        return ProxyError.UNAUTHORIZED
                .withMessage(message)
                .with("WWW-Authenticate", config.realm() == null ? "Key" : "Key realm=\"" + config.realm() + "\"");
    }

    @Override
    public Collection<String> secretNames() {
        return config.keyNames().stream().map(HeaderName::name).toList();
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        if (!config.runOnPreflight() && exchange.method().equals("OPTIONS")) {
            return CONTINUE;
        }
        PresentedKey key = PresentedKey.find(config, exchange, null);
        if (anonymous.isSatisfied(exchange)) {
            hide(exchange, key, null);
            return CONTINUE;
        }
        return isBodyWanted(exchange, key) ? checkWithBody(exchange) : check(exchange, key, null);
    }

    /** Returns whether the body must be read: to find the key, or to hide another copy of it from the upstream. */
    private boolean isBodyWanted(Exchange exchange, PresentedKey key) {
        return config.keyInBody()
                && KeyedBody.isReadable(exchange)
                && (key.values().isEmpty()
                        || (config.hideCredentials()
                                && isSmall(exchange.framing().announcedLength())));
    }

    private static boolean isSmall(long announced) {
        return announced > 0 && announced <= BODY_LIMIT;
    }

    private Future<Outcome> checkWithBody(Exchange exchange) {
        return exchange.readBody(BODY_LIMIT).transform((buffer, failure) -> {
            if (failure == null) {
                // An earlier plugin may have hidden its own credential, which the bytes of the client still have.
                KeyedBody body = KeyedBody.of(exchange, Objects.requireNonNullElse(exchange.body(), buffer));
                return check(exchange, PresentedKey.find(config, exchange, body), body);
            }
            if (!(failure instanceof Exchange.BodyTooLarge)) {
                return Future.failedFuture(failure);
            }
            // Bytes already read cannot be forwarded, so the anonymous consumer cannot be used.
            return exchange.isBodyRead()
                    ? Future.failedFuture(ProxyError.PAYLOAD_TOO_LARGE.failure())
                    : anonymous.reject(exchange, missing);
        });
    }

    /** Hides the key, also one that does not count: the request is forwarded if there is an anonymous Consumer. */
    private void hide(Exchange exchange, PresentedKey presented, @Nullable KeyedBody body) {
        if (config.hideCredentials() && !presented.values().isEmpty()) {
            presented.hide(exchange, body);
        }
    }

    private Future<Outcome> check(Exchange exchange, PresentedKey presented, @Nullable KeyedBody body) {
        List<String> values = presented.values();
        hide(exchange, presented, body);
        if (values.size() > 1) {
            return anonymous.reject(exchange, duplicate);
        }
        if (values.isEmpty() || values.get(0).isEmpty()) {
            return anonymous.reject(exchange, missing);
        }
        if (!presented.isText()) {
            return anonymous.reject(exchange, unauthorized);
        }
        return CredentialCheck.decide(
                exchange,
                keys,
                KeyState.digest(values.get(0)),
                state -> state == null ? anonymous.reject(exchange, unauthorized) : decide(exchange, state));
    }

    private Future<Outcome> decide(Exchange exchange, KeyState state) {
        if (state.isExpired(keys.epochSeconds())) {
            return anonymous.reject(exchange, unauthorized);
        }
        exchange.identity(Identity.of(state, state.credentialId().toString(), exchange.identity()));
        return CONTINUE;
    }
}
