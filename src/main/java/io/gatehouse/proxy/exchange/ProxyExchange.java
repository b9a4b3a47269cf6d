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
    private final HttpServerRequest request;
    private final String requestId;
    private final RequestTarget target;
    private final @Nullable Authority authority;
    private final boolean trustedPeer;
    private final int publicPort;
    private final long startNanos;
    private final WholeBody body;
    private String matchedPath = "";
    private final UpgradedBytes upgraded = new UpgradedBytes();

    private @Nullable Service service;
    private @Nullable Identity identity;
    private @Nullable String query;
    private List<String> hiddenHeaders = List.of();
    private Map<String, String> upstreamHeaders = Map.of();
    private @Nullable List<Consumer<MultiMap>> responseEdits;

    private long upstreamStartNanos;
    private long upstreamAnswerNanos;
    private @Nullable RequestTrace trace;
    private @Nullable Runnable whenBroken;

    /**
     * Starts the exchange of a request.
     *
     * @param framing how the request announces the end of its body
     * @param trustedPeer whether the peer's {@code X-Forwarded-*} headers are trusted
     * @param publicPort the port to which the client connected
     * @param startNanos when the request arrived, by {@link System#nanoTime}
     */
    public ProxyExchange(
            HttpServerRequest request,
            String requestId,
            Framing framing,
            RequestTarget target,
            @Nullable Authority authority,
            boolean trustedPeer,
            int publicPort,
            long startNanos) {
        this.request = request;
        this.requestId = requestId;
        this.body = new WholeBody(request, framing);
        this.target = target;
        this.authority = authority;
        this.trustedPeer = trustedPeer;
        this.publicPort = publicPort;
        this.startNanos = startNanos;
        this.query = target.query();
    }

    /** Returns the port to which the client connected: {@code proxy.public-ports}, or the listener's. */
    public int publicPort() {
        return publicPort;
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

    /** Returns the counters of the connection after an upgrade. */
    public UpgradedBytes upgraded() {
        return upgraded;
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
        return GrpcRequest.isGrpc(request);
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
    public String matchedPath() {
        return matchedPath;
    }

    public void matchedPath(@Nullable String path) {
        this.matchedPath = path == null ? "" : path;
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
        return body.isRead();
    }

    /**
     * Returns whether a plugin read only a part of the body, because it is too large or the client did not send the rest. Such a
     * request cannot be forwarded.
     */
    public boolean isBodyIncomplete() {
        return body.isIncomplete();
    }

    @Override
    public @Nullable Buffer body() {
        return body.content();
    }

    @Override
    public void body(Buffer newBody) {
        body.replace(newBody);
    }

    @Override
    public Framing framing() {
        return body.framing();
    }

    @Override
    public boolean mayHaveBody() {
        return body.mayFollow();
    }

    @Override
    public Future<Buffer> readBody(int limit) {
        return body.read(limit);
    }
}
