package io.gatehouse.oauth;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the party that acts for the subject of a token (RFC 8693 §4.1).
 *
 * @param subject the resource owner of the actor's own token; its client if that token has no resource owner
 * @param clientId the client that acts
 * @param previous the party that acted before; null: none
 */
public record Actor(
        String subject, String clientId, @Nullable Actor previous) {

    /** The members of the {@code act} claim. */
    public Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("sub", subject);
        members.put("client_id", clientId);
        if (previous != null) {
            members.put("act", previous.members());
        }
        return members;
    }

    @Override
    public String toString() {
        return "Actor[" + clientId + "]";
    }
}
