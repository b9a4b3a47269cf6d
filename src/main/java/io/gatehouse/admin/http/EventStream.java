package io.gatehouse.admin.http;

import io.vertx.core.http.HttpServerResponse;
import java.util.function.Consumer;

/**
 * Holds the body of a response that lasts: server-sent events (HTML, section 9.2).
 *
 * @param opened receives the response, whose head has the media type. It writes the events and ends the response.
 */
public record EventStream(Consumer<HttpServerResponse> opened) {
    public static final String TYPE = "text/event-stream; charset=utf-8";
}
