package io.gatehouse.proxy.exchange;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.head.ConnectionHeader;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.Framing;
import io.gatehouse.syntax.RequestTarget;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the upstream receives in place of the client's request: the identity of the caller, and the changes of plugins to
 * method, path, query, headers and body.
 *
 * <p><i>Why</i>: a superclass, because an object of its own would be one more for each request.
 */
public abstract class ForwardedRequest extends ClientRequest implements Exchange {
    private final WholeBody body;
    private @Nullable HttpMethod upstreamMethod;
    private @Nullable String upstreamPath;
    private @Nullable Authority upstreamHost;
    private @Nullable String query;
    private @Nullable String formInQuery;
    private long bodyLimit = Long.MAX_VALUE;
    private @Nullable ProxyException bodyLimitFailure;
    private @Nullable Identity identity;
    private boolean translated;
    private HeaderChanges headerChanges = HeaderChanges.NONE;
    private Map.@Nullable Entry<String, String> correlationId;
    /** Null until it is needed: a client may name thousands. */
    private @Nullable Collection<String> connectionFields;

    ForwardedRequest(
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

    /** Returns the form whose pairs a plugin has appended to the query; null without one. */
    public @Nullable String formInQuery() {
        return formInQuery;
    }

    @Override
    public void formInQuery(String form) {
        this.formInQuery = form;
    }

    public HeaderChanges headerChanges() {
        return headerChanges;
    }

    @Override
    public void hideHeader(String name) {
        headerChanges = headerChanges.hiding(name);
    }

    @Override
    public void overrideIdentity(String name) {
        if (UpstreamFields.isOwn(name)) {
            headerChanges = headerChanges.overridingIdentity(name);
        }
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
        Authority host = upstreamHost;
        if (host == null) {
            return headerChanges.selecting();
        }
        Map<String, String> withHost = new LinkedHashMap<>(headerChanges.selecting());
        withHost.put("host", host.toString());
        return withHost;
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

    /** Returns the host that a plugin has set for the forwarded request; null if none has. */
    public @Nullable Authority upstreamHost() {
        return upstreamHost;
    }

    @Override
    public void upstreamHost(Authority host) {
        this.upstreamHost = host;
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
    public void correlationId(String header, String id) {
        requestIdHeader(header, id);
        correlationId = Map.entry(header, id);
    }

    /** Returns the id of the request that a plugin has set, with its header; null if none has. */
    public Map.@Nullable Entry<String, String> correlationId() {
        return correlationId;
    }

    /** Bounds the body that plugins read, with those of other requests. */
    public void bodyBudget(ReadBodies budget) {
        body.within(budget);
    }

    /** Called when the response has ended: the body is not needed any more. */
    public void ended() {
        body.end();
    }

    @Override
    public void becomesGrpc() {
        translated = true;
    }

    /** Returns whether the upstream receives a gRPC call. */
    public boolean isGrpc() {
        return translated || GrpcRequest.isGrpc(request());
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
