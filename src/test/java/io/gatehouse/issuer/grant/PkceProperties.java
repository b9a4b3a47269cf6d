package io.gatehouse.issuer.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.oauth.OAuth2Exception;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Proof Key for Code Exchange (RFC 7636 §4, docs/reference/oauth2.md#pkce). */
class PkceProperties {
    private static final Client CLIENT = new Client(
            UUID.randomUUID(),
            "app",
            List.of(),
            false,
            List.of("app://x"),
            ClientMetadata.NONE,
            UUID.randomUUID(),
            null,
            null);

    @Provide
    Arbitrary<String> verifiers() {
        return Arbitraries.strings()
                .alpha()
                .numeric()
                .withChars("-._~")
                .ofMinLength(43)
                .ofMaxLength(128);
    }

    private static IssuerRequest request(Map<String, Object> parameters) {
        return Configs.request(Map.of(), parameters);
    }

    private static byte[] sha256(String verifier) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Property(tries = 300)
    void theVerifierOfAChallengeIsAccepted(
            @ForAll("verifiers") String verifier, @ForAll("encoders") Base64.Encoder encoder) {
        String sent = encoder.encodeToString(sha256(verifier));

        String challenge = Pkce.challenge(request(Map.of("code_challenge", sent)), CLIENT);

        assertThat(challenge).isEqualTo(Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(verifier)));
        assertThatCode(() -> Pkce.verify(challenge, request(Map.of("code_verifier", verifier)), CLIENT))
                .doesNotThrowAnyException();
    }

    @Provide
    Arbitrary<Base64.Encoder> encoders() {
        return Arbitraries.of(
                Base64.getUrlEncoder().withoutPadding(),
                Base64.getUrlEncoder(),
                Base64.getEncoder(),
                Base64.getEncoder().withoutPadding());
    }

    @Property(tries = 300)
    void anyOtherVerifierIsAnInvalidGrant(@ForAll("verifiers") String right, @ForAll("verifiers") String wrong) {
        Assume.that(!right.equals(wrong));
        String challenge = Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(right));
        assertThatThrownBy(() -> Pkce.verify(challenge, request(Map.of("code_verifier", wrong)), CLIENT))
                .hasMessage("invalid_grant: Invalid code");
    }

    @Property(tries = 300)
    void aVerifierOfAnotherLengthIsRefused(@ForAll String verifier) {
        Assume.that(!verifier.isEmpty() && (verifier.length() < 43 || verifier.length() > 128));
        assertThatThrownBy(() -> Pkce.verify("challenge", request(Map.of("code_verifier", verifier)), CLIENT))
                .hasMessage("invalid_request: code_verifier must be between 43 and 128 characters");
    }

    @Property(tries = 300)
    void everyMethodButS256IsRefused(@ForAll String method) {
        Assume.that(!method.isBlank() && !method.equalsIgnoreCase("s256"));
        assertThatThrownBy(() ->
                        Pkce.challenge(request(Map.of("code_challenge", "c", "code_challenge_method", method)), CLIENT))
                .isInstanceOf(OAuth2Exception.class)
                .hasMessage("invalid_request: code_challenge_method is not supported, must be S256");
    }
}
