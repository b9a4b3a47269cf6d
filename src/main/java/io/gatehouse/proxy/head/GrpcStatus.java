package io.gatehouse.proxy.head;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Translates an error of the gateway for a gRPC client: the HTTP status to gRPC's, the message to percent-encoding. */
public final class GrpcStatus {
    private static final int CANCELLED = 1;
    private static final int UNKNOWN = 2;
    private static final int INVALID_ARGUMENT = 3;
    private static final int DEADLINE_EXCEEDED = 4;
    private static final int PERMISSION_DENIED = 7;
    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int UNIMPLEMENTED = 12;
    private static final int INTERNAL = 13;
    private static final int UNAVAILABLE = 14;
    private static final int UNAUTHENTICATED = 16;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private GrpcStatus() {}

    public static int of(int httpStatus) {
        return switch (httpStatus) {
            case 400 -> INVALID_ARGUMENT;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404, 501 -> UNIMPLEMENTED;
            case 408, 504 -> DEADLINE_EXCEEDED;
            case 413, 429, 431 -> RESOURCE_EXHAUSTED;
            case 499 -> CANCELLED;
            case 500 -> INTERNAL;
            case 502, 503 -> UNAVAILABLE;
            default -> UNKNOWN;
        };
    }

    /** Returns the value of {@code grpc-message}: UTF-8, percent-encoded except visible ASCII other than the percent sign. */
    public static String message(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%') {
                encoded.append((char) b);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }
}
