package io.gatehouse.plugin.jwt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.credential.JwtState;
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
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates requests by JSON Web Token: the {@code jwt} plugin.
 *
 * <p><i>Threading</i>: runs for every request that it covers. If the credential is cached in this process, verification completes
 * synchronously, in less than 1 ms.
 */
public final class JwtHandler implements PluginHandler {
    private final JwtConfig config;
    private final Anonymous anonymous;
    private final CredentialLookup<JwtState> credentials;
    private final ClaimsCheck claims;
    /** Checks by identity of the credential state, as weak keys. A changed credential is another object. */
    private final Cache<JwtState, SignatureCheck> checks =
            Caffeine.newBuilder().weakKeys().build();

    private final ProxyException missing;
    private final ProxyException several;

    private JwtHandler(JwtConfig config, Anonymous anonymous, CredentialLookup<JwtState> credentials) {
        this.config = config;
        this.anonymous = anonymous;
        this.credentials = credentials;
        this.claims = new ClaimsCheck(config);
        this.missing = unauthorized("Unauthorized", challenge());
        this.several = rejection("Multiple tokens provided");
    }

    /** Returns a factory whose handlers look credentials up in {@code credentials}. */
    public static PluginFactory factory(CredentialLookup<JwtState> credentials) {
        return (Plugin plugin, Catalog catalog) -> {
            JwtConfig config = JwtConfig.of(plugin);
            return new JwtHandler(config, Anonymous.of(config.anonymous(), catalog), credentials);
        };
    }

    private String challenge() {
        return config.realm() == null ? "Bearer" : "Bearer realm=\"" + config.realm() + "\"";
    }

    /** Creates a 401 (RFC 6750 §3). Kong omits the comma that RFC 9110 §11.6.1 requires after a realm. */
    private ProxyException rejection(String message) {
        String comma = config.realm() == null ? " " : ", ";
        return unauthorized(message, challenge() + comma + "error=\"invalid_token\"");
    }

    /** As in Kong, the body is the message alone. */
    private static ProxyException unauthorized(String message, String challenge) {
        return ProxyError.UNAUTHORIZED
                .withMessage(message)
                .with("WWW-Authenticate", challenge)
                .withBody(Map.of("message", message));
    }

    @Override
    public Collection<String> secretNames() {
        return config.credentialNames();
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        if (!config.runOnPreflight() && exchange.method().equals("OPTIONS")) {
            return CONTINUE;
        }
        if (anonymous.isSatisfied(exchange)) {
            return CONTINUE;
        }
        Set<String> tokens = PresentedJwts.find(config, exchange);
        if (tokens.isEmpty()) {
            return anonymous.reject(exchange, missing);
        }
        return tokens.size() > 1
                ? anonymous.reject(exchange, several)
                : check(exchange, tokens.iterator().next());
    }

    private Future<Outcome> check(Exchange exchange, String text) {
        JsonWebToken token;
        try {
            token = JsonWebToken.parse(text);
        } catch (JsonWebToken.Malformed e) {
            return anonymous.reject(exchange, rejection("Bad token; " + e.message()));
        }
        String name = config.keyClaimName();
        Object key = token.claims().getValue(name) == null
                ? token.header().getValue(name)
                : token.claims().getValue(name);
        if (key == null) {
            return anonymous.reject(exchange, rejection("No mandatory '" + name + "' in claims"));
        }
        if (!(key instanceof String credential) || credential.isEmpty()) {
            return anonymous.reject(exchange, rejection("Invalid '" + name + "' in claims"));
        }
        return CredentialCheck.decide(
                exchange,
                credentials,
                JwtState.digest(credential),
                state -> state == null
                        ? anonymous.reject(exchange, rejection("No credentials found for given '" + name + "'"))
                        : decide(exchange, token, state));
    }

    private Future<Outcome> decide(Exchange exchange, JsonWebToken token, JwtState state) {
        ProxyException rejection = rejection(token, state);
        if (rejection != null) {
            return anonymous.reject(exchange, rejection);
        }
        exchange.identity(Identity.of(
                state.consumerId(),
                state.consumerCustomId(),
                state.consumerUsername(),
                state.key(),
                exchange.identity()));
        return CONTINUE;
    }

    /** Returns why a token is invalid; null if it is valid. */
    private @Nullable ProxyException rejection(JsonWebToken token, JwtState state) {
        // RFC 8725 §3.1: otherwise a public key could serve as the secret of an HS token.
        if (!token.algorithm().equals(state.algorithm())) {
            return rejection("Invalid algorithm");
        }
        SignatureCheck check = checks.get(state, missing -> SignatureCheck.of(missing, config.secretIsBase64()));
        if (check == null) {
            return rejection("Invalid key/secret");
        }
        if (!check.isGood(token)) {
            return rejection("Invalid signature");
        }
        Map<String, Object> violations = claims.violations(token.claims(), System.currentTimeMillis() / 1000);
        return violations.isEmpty() ? null : rejection("Unauthorized").withBody(violations);
    }
}
