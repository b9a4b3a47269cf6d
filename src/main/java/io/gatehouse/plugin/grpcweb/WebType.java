package io.gatehouse.plugin.grpcweb;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Describes a content type of gRPC-Web.
 *
 * @param name of the media type, which the response repeats
 * @param isText whether bodies are in base64
 */
record WebType(String name, boolean isText) {
    private static final Map<String, WebType> ALL = Map.of(
            "application/grpc-web", new WebType("application/grpc-web", false),
            "application/grpc-web+proto", new WebType("application/grpc-web+proto", false),
            "application/grpc-web-text", new WebType("application/grpc-web-text", true),
            "application/grpc-web-text+proto", new WebType("application/grpc-web-text+proto", true));

    /** Returns the type of a request; null if it is not gRPC-Web with messages of Protocol Buffers. */
    static @Nullable WebType of(@Nullable String contentType) {
        if (contentType == null) {
            return null;
        }
        int end = contentType.indexOf(';');
        return ALL.get(
                (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT));
    }
}
