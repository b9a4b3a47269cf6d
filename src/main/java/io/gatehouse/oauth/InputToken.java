package io.gatehouse.oauth;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes an access token that a client presents for an exchange (RFC 8693 §2.1), as {@code subject_token} or
 * {@code actor_token}.
 *
 * @param clientId the client that it was issued to
 * @param remainingSeconds until it expires, at least 1; 0: it does not expire
 * @param actor the party that acts for its subject; null: none
 * @param exchanges the number of exchanges that it comes from; 0: a grant gave it
 */
public record InputToken(
        UUID credentialId,
        String clientId,
        GrantedAccess access,
        long remainingSeconds,
        @Nullable Actor actor,
        int exchanges) {

    /** The resource owner, or the client if there is none (RFC 9068 §2.2). */
    public String subject() {
        return Objects.requireNonNullElse(access.authenticatedUserId(), clientId);
    }

    @Override
    public String toString() {
        return "InputToken[" + clientId + ", " + access + "]";
    }
}
