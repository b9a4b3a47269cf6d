package io.gatehouse.plugin.openidconnect.provider;

/** Signals that the provider's documents cannot be read. Its message contains nothing that the provider has sent. */
public final class ProviderFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ProviderFailure(String message) {
        super(message, null, false, false);
    }
}
