package io.gatehouse.bus;

import io.gatehouse.credential.CredentialState;
import org.jspecify.annotations.Nullable;

/**
 * What is known of something that was shown.
 *
 * @param state null: there is no such thing
 * @param cached whether they are from the shared cache, and count on the issuer that says so, because PostgreSQL is
 *     unreachable; the receiver may have received an invalidation that the issuer has not
 */
public record CredentialReply(@Nullable CredentialState state, boolean cached) {
    @Override
    public String toString() {
        return "FactsReply[" + (state == null ? "unknown" : CredentialState.Kind.of(state.getClass())) + "]";
    }
}
