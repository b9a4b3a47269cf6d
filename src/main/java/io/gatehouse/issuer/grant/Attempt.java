package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.schema.RandomString;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Derives the tokens of a redemption from the id of the proxy's attempt. If an issuer does not reply, the proxy repeats the
 * attempt at another issuer, which derives the same tokens although PostgreSQL stores digests alone.
 *
 * <p><i>Invariant</i>: the id is as hard to guess as a token and is not stored. No token follows from the stored digest of it.
 */
record Attempt(String id) {
    private static final String ALGORITHM = "HmacSHA256";

    /** The request's attempt; if the proxy sent none, one that is never repeated. */
    static Attempt of(IssuerRequest request) {
        String id = request.message().attempt();
        return new Attempt(id == null ? RandomString.next() : id);
    }

    CredentialDigest digest() {
        return CredentialDigest.ofBytes(derive("attempt"));
    }

    String accessToken() {
        return RandomString.of(derive("access token"));
    }

    String refreshToken() {
        return RandomString.of(derive("refresh token"));
    }

    private byte[] derive(String what) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(id.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            return mac.doFinal(what.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "Attempt[" + digest().toHex() + "]";
    }
}
