package io.gatehouse.plugin;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A proxied request that ends in one of the gateway's own errors. Expected, so without a stack trace. */
public final class ProxyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProxyError error;
    private final String words;
    private final transient Map<String, String> headers;

    ProxyException(ProxyError error, String words, @Nullable Throwable cause, Map<String, String> headers) {
        super(cause == null ? words : words + " (" + cause.getMessage() + ")", cause, false, false);
        this.error = error;
        this.words = words;
        this.headers = headers;
    }

    /** The same error with a header beside it. */
    public ProxyException with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new ProxyException(error, words, getCause(), more);
    }

    public ProxyError error() {
        return error;
    }

    /** What the caller is told. */
    public String words() {
        return words;
    }

    /** The headers that belong to the answer. */
    public Map<String, String> headers() {
        return headers;
    }
}
