package io.gatehouse.issuer.grant;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Proof Key for Code Exchange (RFC 7636, docs/reference/oauth2.md#pkce, docs/reference/oauth2.md#token-endpoint); S256 alone. */
public final class Pkce {
    private static final int MIN_VERIFIER = 43;
    private static final int MAX_VERIFIER = 128;

    private Pkce() {}

    /** Whether the client has to use it. */
    static boolean isRequired(OAuth2Config config, Client client) {
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
    public static @Nullable String challenge(GrantRequest request, Client client) {
        String challenge = request.text("code_challenge");
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
        if (method != null && !method.equals("S256") && !method.equals("s256")) {
            throw refused("code_challenge_method is not supported, must be S256");
        }
        return normal(challenge);
    }

    /** Clients write base64url with padding, or plain base64: one form to compare. */
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
    static void verify(@Nullable String challenge, GrantRequest request, Client client) {
        if (challenge == null && !isRequired(request.config(), client)) {
            return;
        }
        Object verifier = request.parameters().get("code_verifier");
        if (verifier == null || verifier.equals("")) {
            throw refused("code_verifier is required for PKCE authorization requests");
        }
        if (!(verifier instanceof String text)) {
            throw refused("code_verifier is not a string");
        }
        if (text.length() < MIN_VERIFIER || text.length() > MAX_VERIFIER) {
            throw refused("code_verifier must be between " + MIN_VERIFIER + " and " + MAX_VERIFIER + " characters");
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
