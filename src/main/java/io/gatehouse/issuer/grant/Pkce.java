package io.gatehouse.issuer.grant;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Verifies Proof Keys for Code Exchange (RFC 7636, docs/reference/oauth2.md#pkce), with the method S256 alone. */
public final class Pkce {
    /** Of a verifier and of a challenge (RFC 7636 §4.1, §4.2). */
    private static final int MIN_LENGTH = 43;

    private static final int MAX_LENGTH = 128;

    private static final String UNRESERVED = "A-Z, a-z, 0-9, '-', '.', '_', '~'";

    private Pkce() {}

    /** Whether the client needs a challenge. */
    static boolean isRequired(OAuth2Config config, Client client) {
        if (!client.isConfidential() && Departure.CHALLENGE_OF_PUBLIC_CLIENT.followsRfc(config.isRfc())) {
            return true;
        }
        return switch (config.pkce()) {
            case NONE -> false;
            case LAX -> !client.isConfidential();
            case STRICT -> true;
        };
    }

    /**
     * The challenge of an authorization request in its normal form, or null when there is none.
     *
     * @throws OAuth2Exception {@code invalid_request} when it is missing or not S256
     */
    public static @Nullable String challenge(IssuerRequest request, Client client) {
        // An empty parameter counts as omitted (RFC 6749 §3.1). Blanks are a malformed challenge.
        String challenge =
                request.parameters().get("code_challenge") instanceof String given && !given.isEmpty() ? given : null;
        String method = request.text("code_challenge_method");
        if (challenge == null) {
            if (method != null) {
                throw refused("code_challenge is required when code_method is present");
            }
            if (isRequired(request.config(), client)) {
                throw refused("code_challenge is required for " + (client.isConfidential() ? "confidential" : "public")
                        + " clients");
            }
            return null;
        }
        // Without a method it is plain (RFC 7636 §4.3).
        boolean isExact = Departure.CHALLENGE_SPELLING.followsRfc(request.isRfc());
        boolean isS256 = method == null
                ? !Departure.CHALLENGE_WITHOUT_METHOD.followsRfc(request.isRfc())
                : method.equals("S256") || (method.equals("s256") && !isExact);
        if (!isS256) {
            throw refused("code_challenge_method is not supported, must be S256");
        }
        String normal = isExact ? challenge : normal(challenge);
        if (normal.length() < MIN_LENGTH || normal.length() > MAX_LENGTH || !isUnreserved(normal)) {
            throw refused(
                    "code_challenge must be " + MIN_LENGTH + " to " + MAX_LENGTH + " characters of " + UNRESERVED);
        }
        return normal;
    }

    /** RFC 3986 §2.3. */
    private static boolean isUnreserved(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isAlphanumeric = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!isAlphanumeric && "-._~".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Clients write base64url with padding, or plain base64; this is one form to compare. */
    private static String normal(String challenge) {
        int end = challenge.length();
        while (end > 0 && challenge.charAt(end - 1) == '=') {
            end--;
        }
        return challenge.substring(0, end).replace('+', '-').replace('/', '_');
    }

    /**
     * Checks the verifier against the code's challenge.
     *
     * @throws OAuth2Exception when it is missing, malformed, or not the challenge's
     */
    static void verify(@Nullable String challenge, IssuerRequest request, Client client) {
        Object verifier = request.parameters().get("code_verifier");
        boolean isAbsent = verifier == null || verifier.equals("");
        // A verifier without a challenge: an attacker removed the challenge from the request (RFC 9700 §4.8.2).
        if (challenge == null && isAbsent && !isRequired(request.config(), client)) {
            return;
        }
        if (isAbsent) {
            throw refused("code_verifier is required for PKCE authorization requests");
        }
        if (!(verifier instanceof String text)) {
            throw refused("code_verifier is not a string");
        }
        if (text.length() < MIN_LENGTH || text.length() > MAX_LENGTH) {
            throw refused("code_verifier must be between " + MIN_LENGTH + " and " + MAX_LENGTH + " characters");
        }
        if (!isUnreserved(text)) {
            throw refused("code_verifier must consist of " + UNRESERVED);
        }
        boolean matches = challenge != null
                && MessageDigest.isEqual(
                        challenge.getBytes(StandardCharsets.UTF_8), s256(text).getBytes(StandardCharsets.UTF_8));
        if (!matches) {
            throw OAuth2Error.INVALID_GRANT.because("Invalid code");
        }
    }

    /** RFC 7636 §4.2. */
    private static String s256(String verifier) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static OAuth2Exception refused(String description) {
        return OAuth2Error.INVALID_REQUEST.because(description);
    }
}
