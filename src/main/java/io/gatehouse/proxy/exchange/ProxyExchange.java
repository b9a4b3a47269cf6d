package io.gatehouse.proxy.exchange;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.plugin.BodyTransformation;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.PluginChain;
import io.gatehouse.plugin.PluginResponse;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.head.ConnectionHeader;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.Framing;
import io.gatehouse.syntax.PathPattern;
import io.gatehouse.syntax.RequestTarget;
import io.gatehouse.telemetry.RequestTrace;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds the state of one proxied request: beside the client's request, the caller's identity, the changes for the upstream request
 * and the times of its phases.
 *
 * <p><i>Threading</i>: each request has its own, used only on its event loop.
 */
public final class ProxyExchange extends ClientRequest implements Exchange {
    private final WholeBody body;
    private String matchedPath = "";
    private @Nullable PathPattern matchedPattern;
    private @Nullable HttpMethod upstreamMethod;
    private @Nullable String upstreamPath;
    private long bodyLimit = Long.MAX_VALUE;
    private @Nullable ProxyException bodyLimitFailure;
    private final UpgradedBytes upgraded = new UpgradedBytes();

    private @Nullable Route route;
    private @Nullable Service service;
    private @Nullable Identity identity;
    private @Nullable String query;
    private HeaderChanges headerChanges = HeaderChanges.NONE;
    /** Null until it is needed: a client may name thousands. */
    private @Nullable Collection<String> connectionFields;

    private @Nullable ResponseEdits responseEdits;
    private @Nullable Consumer<PluginResponse> responseReader;

    private long upstreamStartNanos;
    private long upstreamAnswerNanos;
    private @Nullable RequestTrace trace;
    private @Nullable Runnable whenBroken;
    private PluginChain plugins = PluginChain.EMPTY;
    private @Nullable ForwardingRecord forwardingRecord;

    /**
     * Starts the exchange of a request.
     *
     * @param framing how the request announces the end of its body
     * @param peers decides whether the peer's {@code X-Forwarded-*} headers are trusted
     * @param startNanos when the request arrived, by {@link System#nanoTime}
     */
    public ProxyExchange(
            HttpServerRequest request,
            String requestId,
            Framing framing,
            RequestTarget target,
            @Nullable Authority authority,
            Peers peers,
            long startNanos) {
        super(request, requestId, target, authority, peers, startNanos);
        this.body = new WholeBody(request, framing);
        this.query = target.query();
    }

    /** Returns when the request was forwarded; 0 before. */
    public long upstreamStartNanos() {
        return upstreamStartNanos;
    }

    public void upstreamStarts(long nanos) {
        this.upstreamStartNanos = nanos;
    }

    /** Returns when the head of the upstream's response arrived; 0 before. */
    public long upstreamAnswerNanos() {
        return upstreamAnswerNanos;
    }

    public void upstreamAnswers(long nanos) {
        this.upstreamAnswerNanos = nanos;
    }

    /** Bounds the body that plugins read, with those of other requests. */
    public void bodyBudget(ReadBodies budget) {
        body.within(budget);
    }

    /** Called when the response has ended: the body is not needed any more. */
    public void ended() {
        body.release();
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

    /** Returns the plugins that change the response and log the request. */
    public PluginChain plugins() {
        return plugins;
    }

    /** Sets the plugins of the route, or those of every request if no route matched. */
    public void plugins(PluginChain chain) {
        this.plugins = chain;
        this.forwardingRecord = chain.logs() ? new ForwardingRecord() : null;
    }

    /** Returns the record of the attempts for plugins that log; null if there are none. */
    public @Nullable ForwardingRecord forwardingRecord() {
        return forwardingRecord;
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
    public Route route() {
        return Objects.requireNonNull(route);
    }

    @Override
    public @Nullable Service service() {
        return service;
    }

    @Override
    public String matchedPath() {
        return matchedPath;
    }

    /**
     * Sets the route, its Service and the part of the path that it matched.
     *
     * @param pattern what the path matched; null if the route has no paths
     */
    public void matched(
            Route newRoute, @Nullable Service newService, @Nullable String path, @Nullable PathPattern pattern) {
        this.route = newRoute;
        this.service = newService;
        this.matchedPath = path == null ? "" : path;
        this.matchedPattern = pattern;
    }

    @Override
    public @Nullable String capture(String group) {
        return matchedPattern == null ? null : matchedPattern.capture(path(), group);
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

    public HeaderChanges headerChanges() {
        return headerChanges;
    }

    @Override
    public void hideHeader(String name) {
        headerChanges = headerChanges.hiding(name);
    }

    @Override
    public List<String> upstreamHeaders(String name) {
        return upstreamHeaders().apply(name);
    }

    @Override
    public Function<String, List<String>> upstreamHeaders() {
        HeaderChanges changes = headerChanges;
        Identity caller = identity;
        Collection<String> named = connectionFields();
        return name -> UpstreamFields.values(name, request().headers(), named, changes, caller, isTrustedPeer());
    }

    /** Returns the names of the fields that the client's {@code Connection} names. */
    public Collection<String> connectionFields() {
        if (connectionFields == null) {
            connectionFields = ConnectionHeader.named(request().headers());
        }
        return connectionFields;
    }

    @Override
    public Map<String, String> headersSet() {
        return headerChanges.selecting();
    }

    @Override
    public HttpMethod upstreamMethod() {
        return upstreamMethod == null ? request().method() : upstreamMethod;
    }

    @Override
    public void upstreamMethod(String name) {
        this.upstreamMethod = HttpMethod.valueOf(name);
    }

    @Override
    public @Nullable String upstreamPath() {
        return upstreamPath;
    }

    @Override
    public void upstreamPath(String encoded) {
        this.upstreamPath = encoded;
    }

    /** Returns the largest number of bytes of the body that are forwarded. */
    public long bodyLimit() {
        return bodyLimit;
    }

    /** Returns the failure of a request whose body is larger. */
    public ProxyException bodyLimitFailure() {
        return Objects.requireNonNull(bodyLimitFailure);
    }

    @Override
    public void limitBody(long limit, ProxyException failure) {
        if (limit < bodyLimit) {
            this.bodyLimit = limit;
            this.bodyLimitFailure = failure;
        }
    }

    @Override
    public void upstreamHeader(String name, String value) {
        headerChanges = headerChanges.setting(name, value);
    }

    @Override
    public void requestIdHeader(String name, String value) {
        headerChanges = headerChanges.identifying(name, value);
    }

    @Override
    public void editResponseHead(Consumer<MultiMap> edit) {
        if (responseEdits == null) {
            responseEdits = new ResponseEdits(request().response());
        }
        responseEdits.add(edit);
    }

    /**
     * Runs the plugins that change the response, after the changes that plugins have added with {@link #editResponseHead}. Returns the
     * transformation of the body; null if it is passed on unchanged.
     */
    public @Nullable BodyTransformation respond(boolean isUpstreams) {
        Consumer<PluginResponse> reader = isUpstreams ? responseReader : null;
        if (reader == null && !plugins.responds()) {
            return null;
        }
        PluginResponse presented = new PluginResponse(
                request().response().getStatusCode(), request().response().headers(), isUpstreams);
        if (reader != null) {
            reader.accept(presented);
        }
        if (plugins.responds()) {
            if (responseEdits != null) {
                responseEdits.runNow();
            }
            plugins.respond(this, presented);
        }
        return presented.transformations().isEmpty() ? null : BodyTransformation.joined(presented.transformations());
    }

    /** Whether a plugin may change the response. */
    public boolean isResponseChanged() {
        return plugins.responds();
    }

    @Override
    public void readResponse(Consumer<PluginResponse> reader) {
        responseReader = reader;
    }

    /** Removes the reader of the response: the end of its body is not certain. */
    public void endIsUncertain() {
        responseReader = null;
    }

    @Override
    public boolean isBodyRead() {
        return body.isRead();
    }

    /** Returns whether a plugin read only a part of the body. Such a request cannot be forwarded. */
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
        return bodyLimit >= limit
                ? body.read(limit)
                : body.read((int) bodyLimit)
                        .recover(failure -> Future.failedFuture(
                                failure instanceof Exchange.BodyTooLarge ? bodyLimitFailure() : failure));
    }
}
