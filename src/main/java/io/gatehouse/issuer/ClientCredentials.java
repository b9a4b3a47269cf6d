package io.gatehouse.issuer;

import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.oauth.AssertionProfile;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.syntax.Text;
import io.gatehouse.syntax.form.PercentEncoding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The credentials that a client sends: a secret in the Basic header or as a parameter (RFC 6749 §2.3.1), or an assertion (RFC 7521
 * §4.2).
 *
 * @param clientId as sent; null: none, or the header is malformed
 * @param secret as sent; null: none, or a blank one
 * @param decoded the header's credentials, form-decoded; null if there are none, or they are the same
 * @param fromHeader whether the client used the header, so that an error is 401 (§5.2)
 * @param assertion in place of a secret; null: none
 */
record ClientCredentials(
        @Nullable String clientId,
        @Nullable String secret,
        @Nullable Decoded decoded,
        boolean fromHeader,
        @Nullable ClientAssertion assertion) {
    private static final String BASIC = "Basic";
    private static final ClientCredentials MALFORMED = new ClientCredentials(null, null, null, true, null);

    /** Credentials as a client has them that encodes both parts as §2.3.1 asks. */
    record Decoded(String clientId, @Nullable String secret) {
        @Override
        public String toString() {
            return "Decoded[" + clientId + "]";
        }
    }

    /**
     * Reads those of a request.
     *
     * @throws OAuth2Exception {@code invalid_request} if it has more than one client or method
     */
    static ClientCredentials of(IssuerRequest request) {
        ClientCredentials read = of(request.parameters(), request.message().authorization(), request.isRfc());
        if (!request.config().clientAssertions() || !ClientAssertion.isIn(request)) {
            return read;
        }
        if (read.fromHeader || read.secret != null) {
            // RFC 6749 §2.3: one method in each request.
            throw OAuth2Error.INVALID_REQUEST.because("Client credentials given more than once");
        }
        return ClientAssertion.of(request)
                // RFC 7521 §4.2: a client_id beside the assertion is that of its subject.
                .filter(assertion -> read.clientId == null || read.clientId.equals(assertion.clientId()))
                .map(assertion -> new ClientCredentials(assertion.clientId(), null, null, false, assertion))
                .orElse(new ClientCredentials(null, null, null, false, null));
    }

    /**
     * Reads a secret; the header counts if both places have a client.
     *
     * @throws OAuth2Exception {@code invalid_request} if the two places do not have the same credentials
     */
    static ClientCredentials of(
            Map<String, @Nullable Object> parameters, @Nullable String authorization, boolean isRfc) {
        ClientCredentials body = new ClientCredentials(
                text(parameters.get("client_id")), text(parameters.get("client_secret")), null, false, null);
        if (authorization == null || authorization.isBlank()) {
            return body;
        }
        if (body.clientId != null && isScheme(authorization, "Bearer")) {
            // A token, which is no way for a client to authenticate here.
            return body;
        }
        ClientCredentials header = inHeader(authorization);
        boolean isTwice = body.secret != null && Departure.CREDENTIALS_TWICE.followsRfc(isRfc);
        if (isTwice || !header.agreesWith(body)) {
            throw OAuth2Error.INVALID_REQUEST.because("Client credentials given more than once");
        }
        return header;
    }

    private boolean agreesWith(ClientCredentials body) {
        if (clientId == null) {
            return body.secret == null;
        }
        boolean isSameClient = body.clientId == null
                || body.clientId.equals(clientId)
                || (decoded != null && body.clientId.equals(decoded.clientId));
        boolean isSameSecret = body.secret == null
                || body.secret.equals(secret)
                || (decoded != null && body.secret.equals(decoded.secret));
        return isSameClient && isSameSecret;
    }

    private static ClientCredentials inHeader(String authorization) {
        if (!isScheme(authorization, BASIC)) {
            return MALFORMED;
        }
        String text;
        try {
            byte[] bytes = Base64.getDecoder()
                    .decode(authorization.substring(BASIC.length()).trim());
            text = Text.utf8(bytes).orElse("");
        } catch (IllegalArgumentException e) {
            return MALFORMED;
        }
        if (text.isBlank() || !Text.isPlain(text)) {
            return MALFORMED;
        }
        int colon = text.indexOf(':');
        String clientId = colon < 0 ? text : text.substring(0, colon);
        String secret = colon < 0 ? null : text(text.substring(colon + 1));
        return new ClientCredentials(clientId, secret, decoded(clientId, secret), true, null);
    }

    private static boolean isScheme(String authorization, String scheme) {
        int length = scheme.length();
        return authorization.regionMatches(true, 0, scheme, 0, length)
                && (authorization.length() == length || authorization.charAt(length) == ' ');
    }

    private static @Nullable Decoded decoded(String clientId, @Nullable String secret) {
        String id = decoded(clientId);
        String ofSecret = secret == null ? null : decoded(secret);
        boolean isSame = clientId.equals(id) && Objects.equals(secret, ofSecret);
        return isSame || id == null ? null : new Decoded(id, ofSecret);
    }

    private static @Nullable String decoded(String encoded) {
        if (encoded.indexOf('%') < 0 && encoded.indexOf('+') < 0) {
            return encoded;
        }
        String octets =
                new String(encoded.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1).replace('+', ' ');
        return text(PercentEncoding.strict(octets).filter(Text::isPlain).orElse(null));
    }

    /** The method that the client uses, by its name as a {@code token_endpoint_auth_method} (RFC 7591 §2). */
    String method() {
        if (assertion != null) {
            return assertion.isOfSecret() ? AssertionProfile.SECRET_METHOD : AssertionProfile.KEY_METHOD;
        }
        return fromHeader ? "client_secret_basic" : "client_secret_post";
    }

    /** Whether the client sends nothing but its id, as one does that authenticates by its certificate (RFC 8705 §2). */
    boolean isIdAlone() {
        return proof() == null && !fromHeader;
    }

    /** The parameter that proves who the client is; null: it sends its id alone. */
    @Nullable
    String proof() {
        return assertion != null ? "client_assertion" : secret != null ? "client_secret" : null;
    }

    /**
     * The secrets to verify for a registered client. A client that is registered under the text as sent did not encode its
     * id; only a secret of the same two readings remains ambiguous.
     */
    List<String> secretsOf(String registeredId) {
        List<String> secrets = new ArrayList<>(2);
        if (registeredId.equals(clientId) && secret != null) {
            secrets.add(secret);
        }
        if (decoded != null
                && registeredId.equals(decoded.clientId)
                && decoded.secret != null
                && !secrets.contains(decoded.secret)) {
            secrets.add(decoded.secret);
        }
        return secrets;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String text && !text.isBlank() ? text : null;
    }

    @Override
    public String toString() {
        return "ClientCredentials[" + clientId + "]";
    }
}
