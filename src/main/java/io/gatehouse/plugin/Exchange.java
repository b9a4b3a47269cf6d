package io.gatehouse.plugin;

import io.gatehouse.entity.Service;
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
 * One proxied request and what became known about it: the client's side as it came, who it is from, and how the upstream
 * request differs. One object for each request, used by its event loop alone.
 */
public final class Exchange implements RouteRequest {
    private static final String GRPC = "application/grpc";

    private final HttpServerRequest request;
    private final String requestId;
    private final RequestTarget target;
    private final @Nullable Authority authority;
    private final boolean trustedPeer;
    private final long startNanos;

    private @Nullable Service service;
    private String matchedPath = "";
    private @Nullable Identity identity;
    private @Nullable String query;
    private List<String> hiddenHeaders = List.of();
    private Map<String, String> upstreamHeaders = Map.of();
    private @Nullable List<Consumer<MultiMap>> responseEdits;
    private final Framing framing;
    private @Nullable Buffer body;
    /** Of a plugin that reads the body; null as long as none has asked for it. */
    private @Nullable Future<Buffer> reading;

    private long upstreamStartNanos;
    private long upstreamAnswerNanos;
    private long upgradedBytesRead;
    private long upgradedBytesWritten;
    private @Nullable RequestTrace trace;
    private @Nullable Runnable whenBroken;

    /**
     * {@code framing}: where the body of the request ends. {@code trustedPeer}: whether the peer's {@code X-Forwarded-*}
     * headers are believed. {@code startNanos}: when the request came, by {@link System#nanoTime}.
     */
    public Exchange(
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

    public HttpServerRequest request() {
        return request;
    }

    /** 32 hexadecimal characters, the same in log, upstream request and response. */
    public String requestId() {
        return requestId;
    }

    public long startNanos() {
        return startNanos;
    }

    /** When the request was handed to its upstream. */
    public long upstreamStartNanos() {
        return upstreamStartNanos;
    }

    public void upstreamStarts(long nanos) {
        this.upstreamStartNanos = nanos;
    }

    /** When the head of its answer was there; 0 before. */
    public long upstreamAnswerNanos() {
        return upstreamAnswerNanos;
    }

    public void upstreamAnswers(long nanos) {
        this.upstreamAnswerNanos = nanos;
    }

    /** Bytes that the client has sent since the connection was upgraded. */
    public long upgradedBytesRead() {
        return upgradedBytesRead;
    }

    public void upgradedRead(int bytes) {
        upgradedBytesRead += bytes;
    }

    /** Bytes for the client since the connection was upgraded. */
    public long upgradedBytesWritten() {
        return upgradedBytesWritten;
    }

    public void upgradedWritten(int bytes) {
        upgradedBytesWritten += bytes;
    }

    /** The request's spans; null unless traces are exported. */
    public @Nullable RequestTrace trace() {
        return trace;
    }

    public void trace(@Nullable RequestTrace newTrace) {
        this.trace = newTrace;
    }

    /** What is to be done when the client goes away, or sends what is no request, before it has its answer. */
    public void whenBroken(Runnable action) {
        this.whenBroken = action;
    }

    /** The client went away, or sent what is no request. */
    public void broken() {
        if (whenBroken != null) {
            whenBroken.run();
        }
    }

    public boolean isTls() {
        return request.isSSL();
    }

    public boolean isTrustedPeer() {
        return trustedPeer;
    }

    /** Whom the request comes from: the peer, or the address a trusted one says it forwards for. */
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

    /** Whether it is a gRPC call: HTTP/2, and of gRPC's content type. */
    public boolean isGrpc() {
        return isGrpc(request);
    }

    public static boolean isGrpc(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            return false;
        }
        return isGrpcType(request.getHeader("content-type"));
    }

    /** {@code application/grpc} with or without a message format; gRPC-Web is another protocol. */
    private static boolean isGrpcType(@Nullable String type) {
        if (type == null || !type.regionMatches(true, 0, GRPC, 0, GRPC.length())) {
            return false;
        }
        return type.length() == GRPC.length() || "+; ".indexOf(type.charAt(GRPC.length())) >= 0;
    }

    /** Whether its content type is gRPC's or gRPC-Web's, whatever version of HTTP carries it. */
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

    /** The Service of the route; plugins run only when there is one. */
    public Service service() {
        return Objects.requireNonNull(service);
    }

    public void service(Service newService) {
        this.service = newService;
    }

    /** The part of the path that the route matched; empty if the route has no paths. */
    public String matchedPath() {
        return matchedPath;
    }

    public void matchedPath(@Nullable String path) {
        this.matchedPath = path == null ? "" : path;
    }

    /** Who the request is from; null as long as nobody has said. */
    public @Nullable Identity identity() {
        return identity;
    }

    public void identity(@Nullable Identity newIdentity) {
        this.identity = newIdentity;
    }

    /** The query the upstream gets, without the question mark. */
    public @Nullable String query() {
        return query;
    }

    public void query(@Nullable String newQuery) {
        this.query = newQuery;
    }

    /** Headers the upstream does not get; nearly always none or one. */
    public List<String> hiddenHeaders() {
        return hiddenHeaders;
    }

    public void hideHeader(String name) {
        List<String> more = new ArrayList<>(hiddenHeaders);
        more.add(name);
        this.hiddenHeaders = more;
    }

    /** Headers that plugins give the upstream, in place of the client's of these names; nearly always none or one. */
    public Map<String, String> upstreamHeaders() {
        return upstreamHeaders;
    }

    public void upstreamHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(upstreamHeaders);
        more.put(name, value);
        this.upstreamHeaders = more;
    }

    /**
     * Changes the head of whatever response the client gets, the upstream's or one of the gateway's own, as the last thing
     * before it is written.
     */
    public void editResponseHead(Consumer<MultiMap> edit) {
        if (responseEdits == null) {
            List<Consumer<MultiMap>> edits = new ArrayList<>(1);
            HttpServerResponse response = request.response();
            response.headersEndHandler(end -> edits.forEach(each -> each.accept(response.headers())));
            responseEdits = edits;
        }
        responseEdits.add(edit);
    }

    /** Whether a plugin has begun to read the body, so that it is no longer in the request. */
    public boolean isBodyRead() {
        return reading != null;
    }

    /**
     * Whether what a plugin read of the body is not the whole of it: it was too large, or the client did not send the rest.
     * Such a request cannot be forwarded.
     */
    public boolean isBodyIncomplete() {
        return reading != null && !reading.succeeded();
    }

    /** The body a plugin has read, or put in place of it. */
    public @Nullable Buffer body() {
        return body;
    }

    public void body(Buffer newBody) {
        this.body = newBody;
    }

    /** Where the body of the request ends. */
    public Framing framing() {
        return framing;
    }

    /** Whether a body may come: the request announces one, or it is HTTP/2, which need not, and has not ended. */
    public boolean mayHaveBody() {
        return request.version() == HttpVersion.HTTP_2 ? !request.isEnded() : !framing.isEmpty();
    }

    /**
     * Reads the whole body, once; a later caller gets the same. Fails with {@link BodyTooLarge} if the body is larger than
     * {@code limit} bytes: an announced one before any of it is read, so that the request can still be forwarded.
     */
    public Future<Buffer> readBody(int limit) {
        if (reading != null) {
            return reading;
        }
        if (framing.kind() == Framing.Kind.LENGTH && framing.length() > limit) {
            return Future.failedFuture(new BodyTooLarge());
        }
        // A request without a body may have ended already, and then calls no handler.
        reading = mayHaveBody() ? WholeBody.collect(request, limit) : Future.succeededFuture(Buffer.buffer());
        return reading.onSuccess(whole -> body = whole);
    }

    /** A body larger than the reader takes. */
    public static final class BodyTooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BodyTooLarge() {
            super("body too large", null, false, false);
        }
    }
}
