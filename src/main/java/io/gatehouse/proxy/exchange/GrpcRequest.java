package io.gatehouse.proxy.exchange;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Recognises gRPC calls. */
public final class GrpcRequest {
    private static final String GRPC = "application/grpc";

    private GrpcRequest() {}

    /** Returns whether a request is a gRPC call: HTTP/2 with gRPC's content type. */
    public static boolean isGrpc(HttpServerRequest request) {
        return request.version() == HttpVersion.HTTP_2 && isGrpcType(request.getHeader("content-type"));
    }

    /** Returns whether a type is {@code application/grpc}, with or without a message format. gRPC-Web is another protocol. */
    private static boolean isGrpcType(@Nullable String type) {
        return type != null
                && type.regionMatches(true, 0, GRPC, 0, GRPC.length())
                && (type.length() == GRPC.length() || "+; ".indexOf(type.charAt(GRPC.length())) >= 0);
    }

    /** Returns whether the content type of a request is gRPC's or gRPC-Web's, in any version of HTTP. */
    public static boolean claimsGrpc(HttpServerRequest request) {
        String type = request.getHeader("content-type");
        return type != null && type.regionMatches(true, 0, GRPC, 0, GRPC.length());
    }
}
