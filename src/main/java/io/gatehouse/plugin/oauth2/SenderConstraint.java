package io.gatehouse.plugin.oauth2;

import io.gatehouse.credential.Confirmation;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.oauth2.dpop.Proofs;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Checks that the sender of an access token possesses the key that the token is bound to (RFC 9449 §7).
 *
 * <p><i>Invariant</i>: a bound token is never accepted without a proof, and a bearer token never with one: the client would take it for
 * bound (§7.2).
 */
final class SenderConstraint {
    private final PublicUrls urls;
    private final Proofs proofs;
    private final Challenges challenges;
    private final OAuth2Exception bound;
    private final OAuth2Exception bearer;

    /**
     * Checks senders of one plugin.
     *
     * @param challenges those of a client that presents a proof
     * @param bound the error of a bound token without a proof
     * @param bearer the error of a bearer token with a proof
     */
    SenderConstraint(
            PublicUrls urls, Proofs proofs, Challenges challenges, OAuth2Exception bound, OAuth2Exception bearer) {
        this.urls = urls;
        this.proofs = proofs;
        this.challenges = challenges;
        this.bound = bound;
        this.bearer = bearer;
    }

    /** Whether a token needs a check, or the client has asked for one. Runs for every API call. */
    static boolean applies(TokenState state, boolean hasProof) {
        return state.confirmation() != null || hasProof;
    }

    /**
     * Returns the error of a sender without the key; empty if it has the key. Fails if that cannot be decided now, or if too many proofs
     * of the token have not expired.
     *
     * @param hasProof whether the client presents the token with the scheme DPoP
     */
    Future<Optional<OAuth2Exception>> violation(
            Exchange exchange, CredentialDigest token, TokenState state, boolean hasProof) {
        Confirmation confirmation = state.confirmation();
        if (confirmation == null || !hasProof) {
            return Future.succeededFuture(Optional.of(hasProof ? bearer : bound));
        }
        return proofs.use(exchange, urls.origins(exchange), token, confirmation.keyThumbprint(), state.clientId())
                .transform((used, failure) -> {
                    if (failure == null) {
                        return Future.succeededFuture(Optional.empty());
                    }
                    return isOfProof(failure)
                            ? Future.succeededFuture(Optional.of(challenges.ofProof((OAuth2Exception) failure)))
                            : Future.failedFuture(failure);
                });
    }

    private static boolean isOfProof(Throwable failure) {
        return failure instanceof OAuth2Exception error
                && (error.error() == OAuth2Error.INVALID_DPOP_PROOF || error.error() == OAuth2Error.USE_DPOP_NONCE);
    }
}
