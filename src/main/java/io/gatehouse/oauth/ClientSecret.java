package io.gatehouse.oauth;

import java.util.UUID;

/**
 * A secret of a client.
 *
 * @param id of its row: the client's credential, or the entity of the second secret
 * @param value in clear or as a PHC string
 */
public record ClientSecret(UUID id, String value) {

    @Override
    public String toString() {
        return "ClientSecret[" + id + "]";
    }
}
