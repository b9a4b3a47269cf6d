package io.gatehouse.plugin;

import io.gatehouse.syntax.LogText;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A proxied request that ends in one of the gateway's own errors. Expected, so without a stack trace. */
public final class ProxyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ProxyError error;
    private final String words;
    private final transient Map<String, String> headers;
    private final transient Map<String, Object> body;

    ProxyException(ProxyError error, String words, @Nullable Throwable cause, Map<String, String> headers) {
        this(error, words, cause, headers, Map.of());
    }

    private ProxyException(
            ProxyError error,
            String words,
            @Nullable Throwable cause,
            Map<String, String> headers,
            Map<String, Object> body) {
        super(cause == null ? words : words + " (" + LogText.of(cause) + ")", cause, false, false);
        this.error = error;
        this.words = words;
        this.headers = headers;
        this.body = body;
    }

    /** The same error with a header beside it. */
    public ProxyException with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new ProxyException(error, words, getCause(), more, body);
    }

    /** The same error with a JSON object of its own in place of the message. */
    public ProxyException answering(Map<String, Object> newBody) {
        return new ProxyException(error, words, getCause(), headers, newBody);
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

    /** The JSON object to answer with; empty: the words. */
    public Map<String, Object> body() {
        return body;
    }
}
