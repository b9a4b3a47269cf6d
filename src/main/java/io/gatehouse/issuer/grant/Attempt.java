package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.schema.RandomString;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * One attempt of a proxy at a token request, which it repeats at another issuer where the first does not reply. The tokens are
 * derived from the attempt's id, so the repeat of a redemption that was committed gets the tokens of the first although
 * PostgreSQL keeps digests alone.
 *
 * <p>Invariant: the id is as hard to guess as a token, and rests nowhere. Only its digest does, from which no token follows.
 */
record Attempt(String id) {
    private static final String ALGORITHM = "HmacSHA256";

    /** That of the request; where the proxy sent none, one that is never repeated. */
    static Attempt of(GrantRequest request) {
        String id = request.attempt();
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
