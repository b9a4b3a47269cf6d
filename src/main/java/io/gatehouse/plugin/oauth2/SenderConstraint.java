package io.gatehouse.plugin.oauth2;

import io.gatehouse.credential.Confirmation;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.oauth.PresentedCertificate;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.oauth2.dpop.Proofs;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the sender of an access token possesses the keys that the token is bound to (RFC 9449 §7, RFC 8705 §3).
 *
 * <p><i>Invariant</i>: a bound token is never accepted without its key, and a token without a key never with a proof: the client would
 * take it for bound (RFC 9449 §7.2).
 */
final class SenderConstraint {
    private final boolean hasCertificates;
    private final PublicUrls urls;
    private final Proofs proofs;
    private final Challenges challenges;
    private final OAuth2Exception withoutProof;
    private final OAuth2Exception withProof;

    /**
     * Checks senders of one plugin.
     *
     * @param challenges those of a client that presents a proof
     * @param withoutProof the error of a token that is presented without a proof, and is not valid
     * @param withProof likewise, with a proof
     */
    SenderConstraint(
            OAuth2Config config,
            PublicUrls urls,
            Proofs proofs,
            Challenges challenges,
            OAuth2Exception withoutProof,
            OAuth2Exception withProof) {
        this.hasCertificates = config.mtls();
        this.urls = urls;
        this.proofs = proofs;
        this.challenges = challenges;
        this.withoutProof = withoutProof;
        this.withProof = withProof;
    }

    /** Whether a token needs a check, or the client has asked for one. Runs for every API call. */
    static boolean applies(TokenState state, boolean hasProof) {
        return state.confirmation() != null || hasProof;
    }

    /**
     * Returns the error of a sender without the keys; empty if it has them. Fails if that cannot be decided now, or if too many proofs
     * of the token have not expired.
     *
     * @param hasProof whether the client presents the token with the scheme DPoP
     */
    Future<Optional<OAuth2Exception>> violation(
            Exchange exchange, CredentialDigest token, TokenState state, boolean hasProof) {
        Confirmation bound = state.confirmation();
        String key = bound == null ? null : bound.keyThumbprint();
        String certificate = bound == null ? null : bound.certificateThumbprint();
        if ((key != null) != hasProof || (certificate != null && !isCertified(exchange, certificate))) {
            return Future.succeededFuture(Optional.of(hasProof ? withProof : withoutProof));
        }
        return key == null
                ? Future.succeededFuture(Optional.empty())
                : proofs.use(exchange, urls.origins(exchange), token, key, state.clientId())
                        .transform((used, failure) -> result(failure));
    }

    private boolean isCertified(Exchange exchange, String thumbprint) {
        PresentedCertificate presented = hasCertificates ? ClientCertificates.of(exchange) : null;
        return presented != null && thumbprint.equals(presented.thumbprint());
    }

    private Future<Optional<OAuth2Exception>> result(@Nullable Throwable failure) {
        if (failure == null) {
            return Future.succeededFuture(Optional.empty());
        }
        return failure instanceof OAuth2Exception error && isOfProof(error)
                ? Future.succeededFuture(Optional.of(challenges.ofProof(error)))
                : Future.failedFuture(failure);
    }

    private static boolean isOfProof(OAuth2Exception failure) {
        return failure.error() == OAuth2Error.INVALID_DPOP_PROOF || failure.error() == OAuth2Error.USE_DPOP_NONCE;
    }
}
