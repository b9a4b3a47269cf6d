package io.gatehouse.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.KeyUse;
import io.gatehouse.bus.OAuth2Request.Endpoint;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ClientSecret;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.SignatureVerifier;
import io.gatehouse.store.AssertionStore;
import io.gatehouse.syntax.IpRange;
import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.PublicKey;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the assertions of clients (RFC 7523 §3): first the claims, then the signature, then that it is used for the first time.
 *
 * <p><i>Invariant</i>: the client determines the key, and the key the algorithm (RFC 8725 §3.1). A public key never verifies an
 * HMAC, and the secret verifies nothing else.
 *
 * <p><i>Threading</i>: the verticle's event loop. Expensive signatures are verified on worker threads.
 */
final class AssertionVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(AssertionVerifier.class);
    private static final DefaultJWSVerifierFactory VERIFIERS = new DefaultJWSVerifierFactory();

    private final AssertionStore used;
    private final SignatureVerifier signatures;
    private final LongSupplier clock;

    /** {@code clock} returns seconds since the epoch, by PostgreSQL's clock. */
    AssertionVerifier(AssertionStore used, SignatureVerifier signatures, LongSupplier clock) {
        this.used = used;
        this.signatures = signatures;
        this.clock = clock;
    }

    /**
     * Uses an assertion, unless it is invalid. Returns why it is, as a text for the client; empty if it is valid. Fails with
     * {@code slow_down} if the client has too many that have not expired, and with {@link IssuerUnavailable} if too many
     * signatures are pending.
     */
    Future<Optional<String>> violation(Client client, ClientAssertion assertion, IssuerRequest request) {
        String claim = assertion.invalidClaim(audiences(request), clock.getAsLong());
        if (claim != null) {
            return invalid("Invalid claim of the client_assertion: " + claim);
        }
        return isSigned(client, assertion, request)
                .compose(isSigned ->
                        isSigned ? use(client, assertion, request) : invalid("Invalid client authentication"));
    }

    private static Future<Optional<String>> invalid(String description) {
        return Future.succeededFuture(Optional.of(description));
    }

    /**
     * The names of this server (RFC 7523 §3, 3), at the endpoint for pushed requests its URL too (RFC 9126 §2).
     *
     * <p><i>Why</i>: an issuer that is derived from the request has the host that the sender chooses. It would accept an assertion
     * that the client made for another server.
     */
    private static Set<String> audiences(IssuerRequest request) {
        String issuer = request.config().issuer();
        if (issuer == null) {
            return Set.of();
        }
        String token = issuer + "/oauth2/token";
        return request.message().endpoint() == Endpoint.PAR
                ? Set.of(issuer, token, issuer + "/oauth2/par")
                : Set.of(issuer, token);
    }

    private Future<Boolean> isSigned(Client client, ClientAssertion assertion, IssuerRequest request) {
        if (assertion.isOfSecret()) {
            boolean isSigned = false;
            for (Key secret : secrets(client)) {
                isSigned |= isSigned(assertion, secret);
            }
            return Future.succeededFuture(isSigned);
        }
        PublicKey key = publicKey(client, assertion.jws().getHeader());
        if (key == null) {
            return Future.succeededFuture(false);
        }
        BooleanSupplier check = () -> isSigned(assertion, key);
        // A flood of forged assertions delays those of its own network alone.
        String signer =
                client.clientId() + " " + IpRange.network(request.message().clientAddress());
        return SignatureVerifier.isCheap(key)
                ? Future.succeededFuture(check.getAsBoolean())
                : signatures
                        .verify(signer, key, assertion.digest(), check)
                        .recover(failure -> Future.failedFuture(
                                failure instanceof ProxyException
                                        ? new IssuerUnavailable("too many signatures to verify")
                                        : failure));
    }

    private static boolean isSigned(ClientAssertion assertion, Key key) {
        try {
            JWSHeader header = assertion.jws().getHeader();
            return assertion.jws().verify(VERIFIERS.createJWSVerifier(header, key));
        } catch (JOSEException unfit) {
            // The key is of another type, or the secret is too short for the algorithm (RFC 7518 §3.2).
            return false;
        }
    }

    /** The secrets that are stored in clear. */
    private static List<Key> secrets(Client client) {
        List<Key> clear = client.secrets().stream()
                .map(ClientSecret::value)
                .filter(secret -> HashedSecret.parse(secret).isEmpty())
                .<Key>map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HMAC"))
                .toList();
        if (clear.isEmpty() && !client.secrets().isEmpty()) {
            LOG.warn(
                    "client {} signs an assertion with its secret, of which only a hash is stored: it is refused;"
                            + " register a jwks, or set hash_secret to false",
                    client.clientId());
        }
        return clear;
    }

    /** The client's only key for the header's {@code kid} and {@code alg}, so that an assertion costs one verification at most. */
    private static @Nullable PublicKey publicKey(Client client, JWSHeader header) {
        String jwks = client.metadata().jwks();
        if (jwks == null) {
            return null;
        }
        try {
            JWKSet registered = JWKSet.parse(jwks);
            JWKMatcher fitting = new JWKMatcher.Builder()
                    .keyType(KeyType.forAlgorithm(header.getAlgorithm()))
                    .keyID(isWithoutId(registered) ? null : header.getKeyID())
                    .keyUses(KeyUse.SIGNATURE, null)
                    .algorithms(header.getAlgorithm(), null)
                    .build();
            List<JWK> keys = new JWKSelector(fitting).select(registered);
            return keys.size() == 1 && keys.get(0) instanceof AsymmetricJWK key ? key.toPublicKey() : null;
        } catch (ParseException | JOSEException e) {
            LOG.warn(
                    "the jwks of client {} cannot be read; its assertions are refused: {}",
                    client.clientId(),
                    LogText.of(e));
            return null;
        }
    }

    /** Whether the only key has no {@code kid}. Libraries may send one of their own, which is a hint (RFC 7515 §4.1.4). */
    private static boolean isWithoutId(JWKSet registered) {
        List<JWK> keys = registered.getKeys();
        return keys.size() == 1 && keys.get(0).getKeyID() == null;
    }

    private Future<Optional<String>> use(Client client, ClientAssertion assertion, IssuerRequest request) {
        return used.use(client.credentialId(), assertion.id(), request.attemptDigest(), assertion.acceptedUntil())
                .compose(use -> switch (use) {
                    case ACCEPTED -> Future.succeededFuture(Optional.empty());
                    case REPLAYED -> {
                        LOG.warn("an assertion of client {} is presented again: it is refused", client.clientId());
                        yield invalid("The client_assertion has been used");
                    }
                    case QUOTA_EXCEEDED ->
                        Future.failedFuture(
                                OAuth2Error.SLOW_DOWN.because("Too many assertions of this client have not expired"));
                });
    }
}
