package io.gatehouse.plugin.openidconnect.provider;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the keys and endpoints of a provider, as it published them at one time. Immutable.
 *
 * @param issuer which tokens name
 * @param readAt of {@code System.nanoTime}
 */
public record KeySet(String issuer, Endpoints endpoints, Set<VerificationKey> keys, long readAt) {
    private static final int MAX_KEYS = 64;

    /** Reads a JWKS (RFC 7517 §5). A key that did not change is the object of {@code before}. */
    static KeySet of(String issuer, Endpoints endpoints, JsonObject document, @Nullable KeySet before, long now) {
        if (!(document.getValue("keys") instanceof JsonArray array)) {
            throw new ProviderFailure("the JWKS has no array 'keys'");
        }
        if (array.size() > MAX_KEYS) {
            throw new ProviderFailure("the JWKS has more than " + MAX_KEYS + " keys");
        }
        List<VerificationKey> keys = new ArrayList<>();
        for (Object each : array) {
            VerificationKey key = each instanceof JsonObject object ? key(object, before) : null;
            // Some providers publish a key twice.
            if (key != null && keys.stream().noneMatch(known -> known.jwk().equals(key.jwk()))) {
                keys.add(key);
            }
        }
        if (keys.isEmpty()) {
            throw new ProviderFailure("the JWKS has no usable public key");
        }
        return new KeySet(issuer, endpoints, Set.copyOf(keys), now);
    }

    private static @Nullable VerificationKey key(JsonObject object, @Nullable KeySet before) {
        JWK jwk;
        try {
            jwk = JWK.parse(object.encode());
        } catch (ParseException | IllegalArgumentException unsupported) {
            return null;
        }
        Set<KeyOperation> operations = jwk.getKeyOperations();
        if (operations != null && !operations.contains(KeyOperation.VERIFY)) {
            return null;
        }
        if (before != null) {
            for (VerificationKey same : before.keys) {
                if (same.jwk().equals(jwk)) {
                    return same;
                }
            }
        }
        return VerificationKey.of(jwk);
    }

    /**
     * Returns the key for the token's {@code kid}; without one, the only key that fits. Null if there is none. One token costs one
     * verification at most.
     */
    @Nullable
    VerificationKey find(PresentedJwt token) {
        String id = token.header().getKeyID();
        VerificationKey found = null;
        for (VerificationKey key : keys) {
            if (key.fits(token.header().getAlgorithm())
                    && (id == null || id.equals(key.jwk().getKeyID()))) {
                if (found != null) {
                    throw new InvalidToken("several keys fit");
                }
                found = key;
            }
        }
        return found;
    }
}
