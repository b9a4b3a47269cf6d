package io.gatehouse.plugin;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.Framing;
import io.gatehouse.telemetry.RequestTrace;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Presents one proxied request to the plugins of its route (docs/how-to/writing-a-plugin.md#the-handler).
 *
 * <p><i>Threading</i>: used only on the event loop of the request.
 */
public interface Exchange {
    HttpServerRequest request();

    /** Returns the id of the request in the log, the upstream request and the response: 32 hexadecimal characters. */
    String requestId();

    String method();

    /** Returns {@code http} or {@code https}, also for a gRPC call. */
    String scheme();

    /** Returns the host and port that the client requested; null without a {@code Host}. */
    @Nullable
    Authority authority();

    /** Returns the port that the client has connected to: that of {@code proxy.public-ports}, or the listener's. */
    int publicPort();

    /** Returns the normalised path. */
    String path();

    /** Returns the part of the path that the route matched; empty if the route has no paths. */
    String matchedPath();

    /** Returns the text that a group of the path's regular expression captured, by name or number; null if there is none. */
    @Nullable
    String capture(String group);

    /** Returns the values of a request header in order. */
    List<String> headers(String name);

    /** Returns the address of the peer, or the client address that a trusted peer forwards. */
    String clientAddress();

    boolean isTls();

    /** Returns whether the {@code X-Forwarded-*} headers of the peer are trusted. */
    boolean isTrustedPeer();

    Route route();

    /** Returns the Service of the route; null if it has none, so that the request cannot be forwarded. */
    @Nullable
    Service service();

    /** Returns the span of the request; null if traces are not exported. */
    @Nullable
    RequestTrace trace();

    /** Returns the trace of a plugin; null before the plugin sets it. */
    @Nullable
    PluginTrace pluginTrace(String plugin);

    /** Sets the trace of a plugin. Its id is that of the request in the access log. */
    void pluginTrace(String plugin, PluginTrace newTrace);

    /** Returns whether a plugin has set a trace, and perhaps headers that name it. */
    boolean isTracedByPlugin();

    /** Returns the authenticated caller; null before a plugin sets it. */
    @Nullable
    Identity identity();

    void identity(@Nullable Identity newIdentity);

    /** Returns the query of the forwarded request, without the question mark. */
    @Nullable
    String query();

    void query(@Nullable String newQuery);

    /** Records the form of the request, whose pairs a plugin has appended to the query. */
    void formInQuery(String form);

    /** Removes a header from the forwarded request. */
    void hideHeader(String name);

    /**
     * Lets the changes of plugins to a header precede the value by which the gateway identifies the caller. Only for the names and values
     * that an operator has configured: no value of a client may become an identity.
     */
    void overrideIdentity(String name);

    /**
     * Returns the values of a header that the upstream receives, after the changes of plugins so far. The client's values of a header
     * that the gateway sets itself are not among them.
     */
    List<String> upstreamHeaders(String name);

    /** Returns the headers as {@link #upstreamHeaders(String)} does. Later changes do not affect the returned function. */
    Function<String, List<String>> upstreamHeaders();

    /**
     * Returns the headers that plugins have set for the upstream by now, by name, and {@code host} if a plugin has set it, without those
     * of {@link #requestIdHeader}.
     */
    Map<String, String> headersSet();

    /** Returns the method of the forwarded request. */
    HttpMethod upstreamMethod();

    /** Sets the method of the forwarded request. */
    void upstreamMethod(String name);

    /** Returns the path that a plugin has set for the forwarded request; null if none has. */
    @Nullable
    String upstreamPath();

    /** Sets the path of the forwarded request, in the place of that of the Service and the request. */
    void upstreamPath(String encoded);

    /** Sets the host of the forwarded request, in the place of that of the Service or the client. */
    void upstreamHost(Authority host);

    /** Sets a header of the forwarded request and replaces the client's headers of that name. */
    void upstreamHeader(String name, String value);

    /** Sets a header as {@link #upstreamHeader} does, whose value is one request's own: no upstream selects a response by it. */
    void requestIdHeader(String name, String value);

    /** Sets a header as {@link #requestIdHeader} does, whose value is the {@code correlation_id} of log messages. */
    void correlationId(String header, String id);

    /**
     * Adds a function that changes the head of the response, whether the upstream or the gateway sends it. It runs last before
     * the head is written.
     */
    void editResponseHead(Consumer<MultiMap> edit);

    /**
     * Adds a response phase for this request alone. Those of requests run in the order in which they are added, before those of
     * {@link PluginHandler#responsePhase}.
     */
    void onResponse(ResponsePhase phase);

    /**
     * Sets a step that runs when the plugins have decided on the request: all have run, or one has responded or failed. The request is
     * forwarded, or responded to, when the future completes. Its failure has no effect on the request.
     */
    void afterPlugins(Supplier<Future<Void>> step);

    /**
     * Adds a reader of the upstream's response. It runs before any plugin changes the response, and the transformation that it adds
     * receives the upstream's bytes. It does not run for a response of the gateway, nor for one whose body only the end of the
     * connection ends: such a body may be truncated.
     */
    void readResponse(Consumer<PluginResponse> reader);

    /** Declares that the plugin translates the request, so that a Service of gRPC accepts it. */
    void becomesGrpc();

    /** Returns how the request announces the end of its body. */
    Framing framing();

    /**
     * Returns whether a body can follow: the request announces one, or it is HTTP/2 and has not ended. In HTTP/2, none follows once a
     * plugin has read it.
     */
    boolean mayHaveBody();

    /** Returns whether {@link #readBody} can return bytes: a plugin has read a body, or one can follow. */
    default boolean mayReadBody() {
        return isBodyRead() || mayHaveBody();
    }

    /**
     * Reads the whole body. The first call determines the limit; later calls return the same future.
     *
     * <p>The future fails with {@link BodyTooLarge} if the body has more than {@code limit} bytes. If the request announces such
     * a length, nothing is read and the request can still be forwarded. Otherwise forwarding it responds 413.
     */
    Future<Buffer> readBody(int limit);

    /** Fails the request if a plugin behind this one reads, or the gateway forwards, more than {@code limit} bytes of its body. */
    void limitBody(long limit, ProxyException failure);

    /** Returns whether a plugin has started to read the body, so that the request no longer contains it. */
    boolean isBodyRead();

    /** Returns the body that a plugin has read or replaced; null before that. */
    @Nullable
    Buffer body();

    /** Replaces the body of the forwarded request, after {@link #readBody} has completed. */
    void body(Buffer newBody);

    /** Signals that a body is larger than the limit of its reader. */
    final class BodyTooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public BodyTooLarge() {
            super("body too large", null, false, false);
        }
    }
}
