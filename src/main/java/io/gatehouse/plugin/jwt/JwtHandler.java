package io.gatehouse.plugin.jwt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.credential.CredentialDigest;
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
import io.gatehouse.plugin.SignatureVerifier;
import io.gatehouse.syntax.IpRange;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * Authenticates requests by JSON Web Token: the {@code jwt} plugin.
 *
 * <p><i>Threading</i>: runs for every request that it covers. If the credential is cached in this process, tokens of HMAC and of RSA keys
 * up to 4,096 bits are verified synchronously. Other signatures are verified on worker threads, and a good result is cached.
 */
public final class JwtHandler implements PluginHandler {
    /** At an estimated 250 bytes each. */
    private static final int MAX_VERIFIED = 10_000;

    private final JwtConfig config;
    private final Anonymous anonymous;
    private final CredentialLookup<JwtState> credentials;
    private final SignatureVerifier signatures;
    /** Tokens that worker threads verified, with the credential state that has the key. */
    private final Cache<CredentialDigest, JwtState> verified;

    private final ClaimsCheck claims;
    /** Checks by identity of the credential state, as weak keys. A changed credential is another object. */
    private final Cache<JwtState, SignatureCheck> checks =
            Caffeine.newBuilder().weakKeys().build();

    private final ProxyException missing;
    private final ProxyException several;

    private JwtHandler(
            JwtConfig config,
            Anonymous anonymous,
            CredentialLookup<JwtState> credentials,
            SignatureVerifier signatures,
            Cache<CredentialDigest, JwtState> verified) {
        this.config = config;
        this.anonymous = anonymous;
        this.credentials = credentials;
        this.signatures = signatures;
        this.verified = verified;
        this.claims = new ClaimsCheck(config);
        this.missing = unauthorized("Unauthorized", challenge());
        this.several = rejection("Multiple tokens provided");
    }

    /** Returns a factory whose handlers look credentials up in {@code credentials}. One for each node. */
    public static PluginFactory factory(CredentialLookup<JwtState> credentials, SignatureVerifier signatures) {
        Cache<CredentialDigest, JwtState> verified = verifiedTokens();
        return (Plugin plugin, Catalog catalog) -> {
            JwtConfig config = JwtConfig.of(plugin);
            Anonymous anonymous = Anonymous.of(config.anonymous(), catalog);
            return new JwtHandler(config, anonymous, credentials, signatures, verified);
        };
    }

    /** Creates the cache of the tokens that worker threads have verified. */
    static Cache<CredentialDigest, JwtState> verifiedTokens() {
        return Caffeine.newBuilder().maximumSize(MAX_VERIFIED).weakValues().build();
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
                        : verify(exchange, token, text, state));
    }

    private Future<Outcome> verify(Exchange exchange, JsonWebToken token, String text, JwtState state) {
        // RFC 8725 §3.1: otherwise a public key could serve as the secret of an HS token.
        if (!token.algorithm().equals(state.algorithm())) {
            return anonymous.reject(exchange, rejection("Invalid algorithm"));
        }
        SignatureCheck check = checks.get(state, missing -> SignatureCheck.of(missing, config.secretIsBase64()));
        if (check == null) {
            return anonymous.reject(exchange, rejection("Invalid key/secret"));
        }
        if (check.isCheap()) {
            return decide(exchange, token, state, check.isGood(token));
        }
        CredentialDigest digest = CredentialDigest.of(text);
        if (state.equals(verified.getIfPresent(digest))) {
            return decide(exchange, token, state, true);
        }
        // A flood of forged tokens delays those of its own network alone.
        String signer = "jwt " + state.key() + " " + IpRange.network(exchange.clientAddress());
        return signatures
                .verify(signer, state, digest, () -> check.isGood(token))
                .compose(isGood -> {
                    if (isGood) {
                        verified.put(digest, state);
                    }
                    return decide(exchange, token, state, isGood);
                });
    }

    private Future<Outcome> decide(Exchange exchange, JsonWebToken token, JwtState state, boolean isGood) {
        if (!isGood) {
            return anonymous.reject(exchange, rejection("Invalid signature"));
        }
        Map<String, Object> violations = claims.violations(token.claims(), System.currentTimeMillis() / 1000);
        if (!violations.isEmpty()) {
            return anonymous.reject(exchange, rejection("Unauthorized").withBody(violations));
        }
        exchange.identity(Identity.of(state, state.key(), exchange.identity()));
        return CONTINUE;
    }
}
