package io.gatehouse.proxy.head;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** The body of an error in the form that the client accepts, by default JSON (docs/reference/proxy.md#responses). */
public record ErrorBody(String contentType, Buffer content) {
    public static final String JSON = "application/json; charset=utf-8";

    public static ErrorBody of(@Nullable String accept, String message, String requestId) {
        String wanted = accept == null ? "" : accept;
        if (!wanted.contains("json")) {
            if (wanted.contains("text/html")) {
                return new ErrorBody("text/html; charset=utf-8", html(message, requestId));
            }
            if (wanted.contains("text/plain")) {
                return new ErrorBody("text/plain; charset=utf-8", plain(message, requestId));
            }
            if (wanted.contains("application/xml")) {
                return new ErrorBody("application/xml; charset=utf-8", xml(message, requestId));
            }
        }
        return new ErrorBody(
                JSON,
                new JsonObject()
                        .put("message", message)
                        .put("request_id", requestId)
                        .toBuffer());
    }

    private static Buffer plain(String message, String requestId) {
        return Buffer.buffer(message + "\nrequest_id: " + requestId + "\n");
    }

    private static Buffer html(String message, String requestId) {
        return Buffer.buffer(
                "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>Error</title></head>\n<body><h1>"
                        + escaped(message) + "</h1><p>request_id: " + requestId + "</p></body></html>\n");
    }

    private static Buffer xml(String message, String requestId) {
        return Buffer.buffer("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<error><message>" + escaped(message)
                + "</message><requestid>" + requestId + "</requestid></error>\n");
    }

    /** Escapes a message: it may contain an operator's text, such as the name of an anonymous consumer. */
    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
