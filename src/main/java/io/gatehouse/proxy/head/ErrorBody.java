package io.gatehouse.proxy.head;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of an error in the form that the client accepts, otherwise in the configured one (docs/reference/proxy.md#responses). */
public record ErrorBody(String contentType, Buffer content) {
    public static final String JSON = "application/json; charset=utf-8";

    private static final String HTML = "text/html";
    private static final String PLAIN = "text/plain";
    private static final String XML = "application/xml";
    private static final List<String> TYPES = List.of(HTML, PLAIN, XML);

    /** {@code fallback} is the type if the {@code Accept} header selects none of the four. */
    public static ErrorBody of(@Nullable String accept, String fallback, String message, String requestId) {
        return switch (type(accept == null ? "" : accept, fallback)) {
            case HTML -> new ErrorBody("text/html; charset=utf-8", html(message, requestId));
            case PLAIN -> new ErrorBody("text/plain; charset=utf-8", plain(message, requestId));
            case XML -> new ErrorBody("application/xml; charset=utf-8", xml(message, requestId));
            default -> new ErrorBody(JSON, json(message, requestId));
        };
    }

    private static String type(String accept, String fallback) {
        if (accept.contains("json")) {
            return JSON;
        }
        for (String type : TYPES) {
            if (accept.contains(type)) {
                return type;
            }
        }
        return fallback;
    }

    private static Buffer json(String message, String requestId) {
        return new JsonObject()
                .put("message", message)
                .put("request_id", requestId)
                .toBuffer();
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
