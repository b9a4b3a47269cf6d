package io.gatehouse.proxy.exchange;

import io.gatehouse.entity.Service;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.routing.RouteRequest;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.Framing;
import io.gatehouse.syntax.RequestTarget;
import io.gatehouse.telemetry.RequestTrace;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the state of one proxied request: the client's request, the caller's identity, the changes for the upstream request and
 * the times of its phases.
 *
 * <p><i>Threading</i>: each request has its own, used only on its event loop.
 */
public final class ProxyExchange implements Exchange, RouteRequest {
    private static final String GRPC = "application/grpc";

    private final HttpServerRequest request;
    private final String requestId;
    private final RequestTarget target;
    private final @Nullable Authority authority;
    private final boolean trustedPeer;
    private final long startNanos;

    private @Nullable Service service;
    private @Nullable Identity identity;
    private @Nullable String query;
    private List<String> hiddenHeaders = List.of();
    private Map<String, String> upstreamHeaders = Map.of();
    private @Nullable List<Consumer<MultiMap>> responseEdits;
    private final Framing framing;
    private @Nullable Buffer body;
    /** The body that a plugin reads; null until a plugin reads it. */
    private @Nullable Future<Buffer> reading;

    private long upstreamStartNanos;
    private long upstreamAnswerNanos;
    private long upgradedBytesRead;
    private long upgradedBytesWritten;
    private @Nullable RequestTrace trace;
    private @Nullable Runnable whenBroken;

    /**
     * Starts the exchange of a request.
     *
     * @param framing how the request announces the end of its body
     * @param trustedPeer whether the peer's {@code X-Forwarded-*} headers are trusted
     * @param startNanos when the request arrived, by {@link System#nanoTime}
     */
    public ProxyExchange(
            HttpServerRequest request,
            String requestId,
            Framing framing,
            RequestTarget target,
            @Nullable Authority authority,
            boolean trustedPeer,
            long startNanos) {
        this.request = request;
        this.requestId = requestId;
        this.framing = framing;
        this.target = target;
        this.authority = authority;
        this.trustedPeer = trustedPeer;
        this.startNanos = startNanos;
        this.query = target.query();
    }

    @Override
    public HttpServerRequest request() {
        return request;
    }

    @Override
    public String requestId() {
        return requestId;
    }

    public long startNanos() {
        return startNanos;
    }

    /** Returns when the request was forwarded, by {@link System#nanoTime}; 0 before. */
    public long upstreamStartNanos() {
        return upstreamStartNanos;
    }

    public void upstreamStarts(long nanos) {
        this.upstreamStartNanos = nanos;
    }

    /** Returns when the head of the upstream's response arrived, by {@link System#nanoTime}; 0 before. */
    public long upstreamAnswerNanos() {
        return upstreamAnswerNanos;
    }

    public void upstreamAnswers(long nanos) {
        this.upstreamAnswerNanos = nanos;
    }

    /** Returns how many bytes the client has sent since the connection was upgraded. */
    public long upgradedBytesRead() {
        return upgradedBytesRead;
    }

    public void upgradedRead(int bytes) {
        upgradedBytesRead += bytes;
    }

    /** Returns how many bytes were sent to the client since the connection was upgraded. */
    public long upgradedBytesWritten() {
        return upgradedBytesWritten;
    }

    public void upgradedWritten(int bytes) {
        upgradedBytesWritten += bytes;
    }

    @Override
    public @Nullable RequestTrace trace() {
        return trace;
    }

    public void trace(@Nullable RequestTrace newTrace) {
        this.trace = newTrace;
    }

    /** Sets the action for a client that disconnects or sends a malformed request before the response is complete. */
    public void whenBroken(Runnable action) {
        this.whenBroken = action;
    }

    /** Runs the action of {@link #whenBroken}. */
    public void broken() {
        if (whenBroken != null) {
            whenBroken.run();
        }
    }

    @Override
    public boolean isTls() {
        return request.isSSL();
    }

    @Override
    public boolean isTrustedPeer() {
        return trustedPeer;
    }

    @Override
    public String clientAddress() {
        String forwarded = trustedPeer ? request.getHeader("x-real-ip") : null;
        return forwarded == null ? request.remoteAddress().hostAddress() : forwarded;
    }

    @Override
    public String method() {
        return request.method().name();
    }

    @Override
    public String scheme() {
        if (isGrpc()) {
            return request.isSSL() ? "grpcs" : "grpc";
        }
        return request.isSSL() ? "https" : "http";
    }

    /** Returns whether it is a gRPC call: HTTP/2 with gRPC's content type. */
    public boolean isGrpc() {
        return isGrpc(request);
    }

    public static boolean isGrpc(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            return false;
        }
        return isGrpcType(request.getHeader("content-type"));
    }

    /** Returns whether a type is {@code application/grpc}, with or without a message format. gRPC-Web is another protocol. */
    private static boolean isGrpcType(@Nullable String type) {
        if (type == null || !type.regionMatches(true, 0, GRPC, 0, GRPC.length())) {
            return false;
        }
        return type.length() == GRPC.length() || "+; ".indexOf(type.charAt(GRPC.length())) >= 0;
    }

    /** Returns whether its content type is gRPC's or gRPC-Web's, in any version of HTTP. */
    public boolean claimsGrpc() {
        String type = request.getHeader("content-type");
        return type != null && type.regionMatches(true, 0, GRPC, 0, GRPC.length());
    }

    @Override
    public @Nullable Authority authority() {
        return authority;
    }

    @Override
    public String path() {
        return target.path();
    }

    @Override
    public List<String> headers(String name) {
        return request.headers().getAll(name);
    }

    @Override
    public @Nullable String sni() {
        return request.isSSL() ? ServerName.of(request.sslSession()) : null;
    }

    @Override
    public Service service() {
        return Objects.requireNonNull(service);
    }

    public void service(Service newService) {
        this.service = newService;
    }

    @Override
    public @Nullable Identity identity() {
        return identity;
    }

    @Override
    public void identity(@Nullable Identity newIdentity) {
        this.identity = newIdentity;
    }

    @Override
    public @Nullable String query() {
        return query;
    }

    @Override
    public void query(@Nullable String newQuery) {
        this.query = newQuery;
    }

    /** Returns the names of the headers that are not forwarded, usually none or one. */
    public List<String> hiddenHeaders() {
        return hiddenHeaders;
    }

    @Override
    public void hideHeader(String name) {
        List<String> more = new ArrayList<>(hiddenHeaders);
        more.add(name);
        this.hiddenHeaders = more;
    }

    /** Returns the headers that plugins set on the forwarded request, usually none or one. */
    public Map<String, String> upstreamHeaders() {
        return upstreamHeaders;
    }

    @Override
    public void upstreamHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(upstreamHeaders);
        more.put(name, value);
        this.upstreamHeaders = more;
    }

    @Override
    public void editResponseHead(Consumer<MultiMap> edit) {
        if (responseEdits == null) {
            List<Consumer<MultiMap>> edits = new ArrayList<>(1);
            HttpServerResponse response = request.response();
            response.headersEndHandler(end -> edits.forEach(each -> each.accept(response.headers())));
            responseEdits = edits;
        }
        responseEdits.add(edit);
    }

    @Override
    public boolean isBodyRead() {
        return reading != null;
    }

    /**
     * Returns whether a plugin read only a part of the body, because it is too large or the client did not send the rest. Such a
     * request cannot be forwarded.
     */
    public boolean isBodyIncomplete() {
        return reading != null && !reading.succeeded();
    }

    @Override
    public @Nullable Buffer body() {
        return body;
    }

    @Override
    public void body(Buffer newBody) {
        this.body = newBody;
    }

    @Override
    public Framing framing() {
        return framing;
    }

    @Override
    public boolean mayHaveBody() {
        return request.version() == HttpVersion.HTTP_2 ? !request.isEnded() : !framing.isEmpty();
    }

    @Override
    public Future<Buffer> readBody(int limit) {
        if (reading != null) {
            return reading;
        }
        if (framing.kind() == Framing.Kind.LENGTH && framing.length() > limit) {
            return Future.failedFuture(new BodyTooLarge());
        }
        // A request without a body may have ended already. Its end handler would not run.
        reading = mayHaveBody() ? WholeBody.collect(request, limit) : Future.succeededFuture(Buffer.buffer());
        return reading.onSuccess(whole -> body = whole);
    }
}
