package io.gatehouse.plugin.openidconnect;

/** Signals that the provider's documents cannot be read. Its message contains nothing that the provider has sent. */
final class ProviderFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProviderFailure(String message) {
        super(message, null, false, false);
    }
}
