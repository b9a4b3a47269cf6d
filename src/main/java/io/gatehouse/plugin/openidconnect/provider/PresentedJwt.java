package io.gatehouse.plugin.openidconnect.provider;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.util.Base64URL;
import io.gatehouse.syntax.JoseHeader;
import java.text.ParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses a signed token (RFC 7515 §7.1) without verifying it.
 *
 * @param signingInput the bytes that the signature covers
 */
@SuppressWarnings("ArrayRecordComponent") // Tokens are never compared.
public record PresentedJwt(JWSHeader header, Map<String, Object> claims, byte[] signingInput, Base64URL signature) {
    /** RFC 8725 §3.11: a token of another kind, such as a logout token, is no access token. */
    public static final Set<String> ACCESS_TOKEN = Set.of("jwt", "at+jwt", "application/at+jwt");

    public static final Set<String> ID_TOKEN = Set.of("jwt");

    /** OpenID Connect Back-Channel Logout 1.0 §2.4. */
    public static final Set<String> LOGOUT_TOKEN = Set.of("jwt", "logout+jwt", "application/logout+jwt");

    /** Returns whether a token has the form of a signed JWT, whatever its algorithm and kind are. */
    public static boolean isJwt(String token) {
        if (!JoseHeader.isWithoutCertificates(token)) {
            return false;
        }
        try {
            JWSObject.parse(token);
            return true;
        } catch (ParseException opaque) {
            return false;
        }
    }

    /** {@code types} are the kinds that the caller accepts. A token without {@code typ} may be of any. */
    public static PresentedJwt parse(String token, Set<String> types) {
        if (!JoseHeader.isWithoutCertificates(token)) {
            throw new InvalidToken("not a signed JWT, or its header has certificates");
        }
        JWSObject parsed;
        try {
            parsed = JWSObject.parse(token);
        } catch (ParseException e) {
            throw new InvalidToken("not a signed JWT");
        }
        // RFC 7515 §5.2: no other characters, which the library skips. One token would be many.
        Base64URL signature = parsed.getSignature();
        if (!Base64URL.encode(signature.decode()).equals(signature)) {
            throw new InvalidToken("the signature has other characters");
        }
        JWSHeader header = parsed.getHeader();
        // Also none and HMAC, with which the public key would be the secret (RFC 8725 §3.1, §2.1).
        if (!JWSAlgorithm.Family.SIGNATURE.contains(header.getAlgorithm())) {
            throw new InvalidToken("unsupported alg");
        }
        // RFC 7515 §4.1.11: no extension is supported.
        if (header.getCriticalParams() != null && !header.getCriticalParams().isEmpty()) {
            throw new InvalidToken("unsupported crit");
        }
        if (header.getType() != null
                && !types.contains(header.getType().getType().toLowerCase(Locale.ROOT))) {
            throw new InvalidToken("unsupported typ");
        }
        @Nullable Map<String, Object> claims = parsed.getPayload().toJSONObject();
        if (claims == null) {
            throw new InvalidToken("the payload is no JSON object");
        }
        return new PresentedJwt(header, claims, parsed.getSigningInput(), signature);
    }
}
