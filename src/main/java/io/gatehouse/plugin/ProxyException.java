package io.gatehouse.plugin;

import org.jspecify.annotations.Nullable;

/** A proxied request that ends in one of the gateway's own errors. Expected, so without a stack trace. */
public final class ProxyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProxyError error;
    private final String words;

    ProxyException(ProxyError error, String words, @Nullable Throwable cause) {
        super(cause == null ? words : words + " (" + cause.getMessage() + ")", cause, false, false);
        this.error = error;
        this.words = words;
    }

    public ProxyError error() {
        return error;
    }

    /** What the caller is told. */
    public String words() {
        return words;
    }
}
