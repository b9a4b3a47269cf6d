package io.gatehouse.admin.http;

import org.jspecify.annotations.Nullable;

/**
 * Identifies the client of a request.
 *
 * @param address its IP address; {@code ?} if the connection has ended
 * @param certificate the subject of its certificate; null without one
 * @param hasToken whether it has sent an admin token
 */
public record Caller(String address, @Nullable String certificate, boolean hasToken) {
    /** Returns the text for the log. */
    @Override
    public String toString() {
        if (certificate != null) {
            return address + " as " + certificate;
        }
        return hasToken ? address + " with the token" : address;
    }
}
