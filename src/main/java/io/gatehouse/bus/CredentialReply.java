package io.gatehouse.bus;

import io.gatehouse.credential.CredentialState;
import org.jspecify.annotations.Nullable;

/**
 * Carries the state of a credential from an issuer to a proxy.
 *
 * @param state null: no such credential exists
 * @param cached whether the state is from the shared cache, because the issuer cannot reach PostgreSQL. It is usable on the
 *     issuer; the receiver may have received an invalidation that the issuer has not
 */
public record CredentialReply(@Nullable CredentialState state, boolean cached) {
    @Override
    public String toString() {
        return "CredentialReply[" + (state == null ? "unknown" : CredentialState.Kind.of(state.getClass())) + "]";
    }
}
