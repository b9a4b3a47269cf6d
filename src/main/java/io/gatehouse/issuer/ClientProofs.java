package io.gatehouse.issuer;

import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.oauth.CertificateProfile;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.ProvenKey;
import io.gatehouse.store.AssertionStore;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Determines the keys that the tokens of a token request are bound to. DPoP proofs are used once (RFC 9449 §11.1). They share the memory
 * and the quota of the client's assertions.
 *
 * <p><i>Why not the proofs of public clients</i>: anyone can name a public client and would fill its quota. Its code or refresh token is
 * used once, and a proof that is replayed gives a token that only the key's owner can use.
 */
final class ClientProofs {
    private static final Logger LOG = LoggerFactory.getLogger(ClientProofs.class);

    private final AssertionStore used;

    ClientProofs(AssertionStore used) {
        this.used = used;
    }

    /**
     * Uses the proof of an authenticated client, and returns its request with all keys. Fails with {@code invalid_dpop_proof} if the proof
     * has been used, or if the client needs one and has none; with {@code invalid_request} if it needs a certificate and has none; with
     * {@code slow_down} if too many proofs of the client have not expired.
     */
    Future<IssuerRequest> use(Client client, IssuerRequest request) {
        ProvenKey key = request.message().provenKey();
        if (key == null && client.metadata().isDpopBound()) {
            return Future.failedFuture(OAuth2Error.INVALID_DPOP_PROOF.because("A DPoP proof is required"));
        }
        IssuerRequest bound = request;
        if (client.metadata().isCertificateBound()) {
            String certificate = request.certificateThumbprint();
            if (certificate == null) {
                return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because(CertificateProfile.REQUIRED));
            }
            bound = request.boundTo(certificate);
        }
        return useGiven(client, bound);
    }

    /** Uses the proof of an authenticated client, if the request has one; fails likewise. */
    Future<IssuerRequest> useGiven(Client client, IssuerRequest request) {
        ProvenKey key = request.message().provenKey();
        return key == null || !client.isConfidential() ? Future.succeededFuture(request) : use(key, client, request);
    }

    private Future<IssuerRequest> use(ProvenKey key, Client client, IssuerRequest request) {
        return used.use(client.credentialId(), key.proof(), request.attemptDigest(), key.acceptedUntil())
                .compose(use -> switch (use) {
                    case ACCEPTED -> Future.succeededFuture(request);
                    case REPLAYED -> {
                        LOG.warn("a DPoP proof of client {} is presented again: it is refused", client.clientId());
                        yield Future.failedFuture(
                                OAuth2Error.INVALID_DPOP_PROOF.because("The DPoP proof has been used"));
                    }
                    case QUOTA_EXCEEDED ->
                        Future.failedFuture(
                                OAuth2Error.SLOW_DOWN.because("Too many proofs of this client have not expired"));
                });
    }
}
