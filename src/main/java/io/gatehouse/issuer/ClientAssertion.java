package io.gatehouse.issuer;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.oauth.AssertionProfile;
import io.gatehouse.oauth.DpopProfile;
import io.gatehouse.syntax.JoseHeader;
import io.gatehouse.syntax.Text;
import java.text.ParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JWT that a client authenticates with (RFC 7521 §4.2, RFC 7523 §2.2). Its form is valid; its claims and its signature are not
 * checked yet.
 *
 * @param digest of the whole assertion
 * @param clientId the client that it names as its subject
 */
record ClientAssertion(JWSObject jws, Map<String, Object> claims, CredentialDigest digest, String clientId) {
    /** RFC 8725 §3.11: a token of another kind, such as an access token, is no assertion. */
    private static final Set<String> TYPES = Set.of("jwt", "client-authentication+jwt");

    /** Returns whether a request has an assertion, of whatever type. */
    static boolean isIn(IssuerRequest request) {
        return request.text("client_assertion") != null || request.text("client_assertion_type") != null;
    }

    /** Reads the assertion of a request; empty if it is malformed, or of a type or algorithm that is not supported. */
    static Optional<ClientAssertion> of(IssuerRequest request) {
        String text = request.text("client_assertion");
        return text != null && AssertionProfile.TYPE.equals(request.text("client_assertion_type"))
                ? parse(text)
                : Optional.empty();
    }

    static Optional<ClientAssertion> parse(String text) {
        if (text.length() > AssertionProfile.MAX_LENGTH || !JoseHeader.isWithoutCertificates(text)) {
            return Optional.empty();
        }
        JWSObject jws;
        try {
            jws = JWSObject.parse(text);
        } catch (ParseException | IllegalArgumentException e) {
            return Optional.empty();
        }
        @Nullable
        Map<String, Object> claims =
                isSupported(jws.getHeader()) ? jws.getPayload().toJSONObject() : null;
        // As every other client_id of a request: PostgreSQL compares no text that contains NUL.
        return claims != null && claims.get("sub") instanceof String clientId && Text.isPlain(clientId)
                ? Optional.of(new ClientAssertion(jws, claims, CredentialDigest.of(text), clientId))
                : Optional.empty();
    }

    private static boolean isSupported(JWSHeader header) {
        // RFC 7515 §4.1.11: no extension is supported.
        boolean isExtended = header.getCriticalParams() != null
                && !header.getCriticalParams().isEmpty();
        boolean isOfType = header.getType() == null
                || TYPES.contains(header.getType().getType().toLowerCase(Locale.ROOT));
        return AssertionProfile.ALGORITHMS.contains(header.getAlgorithm().getName()) && isOfType && !isExtended;
    }

    /** Whether a shared secret signs it, and not a private key. */
    boolean isOfSecret() {
        return JWSAlgorithm.Family.HMAC_SHA.contains(jws.getHeader().getAlgorithm());
    }

    /**
     * Returns the first claim that is invalid (RFC 7523 §3); null if there is none.
     *
     * @param audiences the names of this authorization server
     * @param now seconds since the epoch
     */
    @Nullable
    String invalidClaim(Set<String> audiences, long now) {
        if (!clientId.equals(claims.get("iss"))) {
            return "iss";
        }
        if (!isOnlyFor(audiences)) {
            return "aud";
        }
        if (!(claims.get("exp") instanceof Number expiry)
                || expiry.doubleValue() + AssertionProfile.LEEWAY_SECONDS <= now
                || isAfter(expiry, now + AssertionProfile.MAX_LIFE_SECONDS)) {
            return "exp";
        }
        for (String start : List.of("nbf", "iat")) {
            Object time = claims.get(start);
            if (time != null && !(time instanceof Number past && !isAfter(past, now))) {
                return start;
            }
        }
        return claims.get("jti") instanceof String id && isId(id) ? null : "jti";
    }

    /** The digests of assertions and of DPoP proofs are stored together, and differ. */
    private static boolean isId(String id) {
        return !id.isEmpty() && id.length() <= AssertionProfile.MAX_ID && !id.startsWith(DpopProfile.ID_PREFIX);
    }

    /** Another server among the audiences could present the assertion here. */
    private boolean isOnlyFor(Set<String> audiences) {
        Object audience = claims.get("aud");
        return audience instanceof List<?> several
                ? !several.isEmpty() && several.stream().allMatch(one -> isOf(audiences, one))
                : isOf(audiences, audience);
    }

    private static boolean isOf(Set<String> audiences, @Nullable Object audience) {
        return audience instanceof String name && audiences.contains(name);
    }

    private static boolean isAfter(Number time, long seconds) {
        return time.doubleValue() > seconds + AssertionProfile.LEEWAY_SECONDS;
    }

    /** The digest of the {@code jti}, which {@link #invalidClaim} has checked. */
    CredentialDigest id() {
        return CredentialDigest.of(String.valueOf(claims.get("jti")));
    }

    /** Seconds since the epoch, until when an issuer may accept the assertion: {@code exp} and twice the leeway. */
    long acceptedUntil() {
        double expiry = claims.get("exp") instanceof Number number ? number.doubleValue() : 0;
        return (long) Math.ceil(expiry) + 2 * AssertionProfile.LEEWAY_SECONDS;
    }

    @Override
    public String toString() {
        return "ClientAssertion[" + clientId + "]";
    }
}
