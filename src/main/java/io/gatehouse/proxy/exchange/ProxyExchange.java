package io.gatehouse.proxy.exchange;

import io.gatehouse.entity.Route;
import io.gatehouse.entity.Service;
import io.gatehouse.plugin.BodyTransformation;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginChain;
import io.gatehouse.plugin.PluginResponse;
import io.gatehouse.plugin.PluginTrace;
import io.gatehouse.plugin.ResponsePhase;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.Framing;
import io.gatehouse.syntax.PathPattern;
import io.gatehouse.syntax.RequestTarget;
import io.gatehouse.telemetry.RequestTrace;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds the state of one proxied request: beside the request of the client and that of the upstream, its route and plugins, the
 * changes of the response and the times of its phases.
 *
 * <p><i>Threading</i>: each request has its own, used only on its event loop.
 */
public final class ProxyExchange extends ForwardedRequest {
    private String matchedPath = "";
    private @Nullable PathPattern matchedPattern;
    private final UpgradedBytes upgraded = new UpgradedBytes();

    private @Nullable Route route;
    private @Nullable Service service;

    private @Nullable ResponseEdits responseEdits;
    private @Nullable Consumer<PluginResponse> responseReader;
    private List<ResponsePhase> responsePhases = List.of();
    private @Nullable Supplier<Future<Void>> afterPlugins;

    private long upstreamStartNanos;
    private long upstreamAnswerNanos;
    private int upstreamStatus;
    private @Nullable RequestTrace trace;
    private Map<String, PluginTrace> pluginTraces = Map.of();
    private @Nullable String pluginTraceId;
    private @Nullable Runnable whenBroken;
    private PluginChain plugins = PluginChain.EMPTY;
    private boolean havePluginsBegun;
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
        super(request, requestId, framing, target, authority, peers, startNanos);
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

    /** Returns the status of the upstream's response; 0 before its head has arrived. */
    public int upstreamStatus() {
        return upstreamStatus;
    }

    public void upstreamAnswers(long nanos, int status) {
        this.upstreamAnswerNanos = nanos;
        this.upstreamStatus = status;
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
        if (chain.traces()) {
            // Its spans would be in the trace a second time.
            this.trace = null;
        }
    }

    @Override
    public @Nullable PluginTrace pluginTrace(String plugin) {
        return pluginTraces.get(plugin);
    }

    @Override
    public void pluginTrace(String plugin, PluginTrace newTrace) {
        Map<String, PluginTrace> more = new LinkedHashMap<>(pluginTraces);
        more.put(plugin, newTrace);
        pluginTraces = more;
        pluginTraceId = newTrace.traceId();
    }

    @Override
    public boolean isTracedByPlugin() {
        return pluginTraceId != null;
    }

    /** Returns the traces of plugins by the plugins' names. */
    public Map<String, PluginTrace> pluginTraces() {
        return pluginTraces;
    }

    /** Returns the id of the trace that a plugin has set last; null if none has. */
    public @Nullable String pluginTraceId() {
        return pluginTraceId;
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
        if (!havePluginsBegun) {
            // The gateway rejects the request before their turn.
            havePluginsBegun = true;
            plugins.skip(this);
        }
        Consumer<PluginResponse> reader = isUpstreams ? responseReader : null;
        if (reader == null && !isResponseChanged()) {
            return null;
        }
        PluginResponse presented = new PluginResponse(
                request().response().getStatusCode(), request().response().headers(), isUpstreams);
        try {
            if (reader != null) {
                reader.accept(presented);
            }
            if (isResponseChanged()) {
                change(presented);
            }
        } catch (RuntimeException e) {
            presented.transformations().forEach(BodyTransformation::aborted);
            throw e;
        }
        return presented.transformations().isEmpty() ? null : BodyTransformation.joined(presented.transformations());
    }

    private void change(PluginResponse presented) {
        if (responseEdits != null) {
            responseEdits.runNow();
        }
        responsePhases.forEach(phase -> phase.respond(this, presented));
        plugins.respond(this, presented);
    }

    /** Whether a plugin may change the response. */
    public boolean isResponseChanged() {
        return plugins.responds() || !responsePhases.isEmpty();
    }

    @Override
    public void onResponse(ResponsePhase phase) {
        List<ResponsePhase> more = new ArrayList<>(responsePhases);
        more.add(phase);
        responsePhases = more;
    }

    @Override
    public void afterPlugins(Supplier<Future<Void>> step) {
        afterPlugins = step;
    }

    /** Runs the plugins. Returns their result; it completes when the step of {@link #afterPlugins} has. */
    public Future<Outcome> runPlugins() {
        havePluginsBegun = true;
        Future<Outcome> outcome = plugins.run(this);
        // A plugin may set the step after it has waited.
        return outcome.isComplete() && afterPlugins == null ? outcome : outcome.eventually(this::runAfterPlugins);
    }

    private Future<Void> runAfterPlugins() {
        Supplier<Future<Void>> step = afterPlugins;
        try {
            return step == null ? Future.succeededFuture() : step.get();
        } catch (RuntimeException e) {
            // Vert.x would replace the result of the plugins with null.
            return Future.failedFuture(e);
        }
    }

    @Override
    public void readResponse(Consumer<PluginResponse> reader) {
        responseReader = reader;
    }

    /** Removes the reader of the response: the end of its body is not certain. */
    public void endIsUncertain() {
        responseReader = null;
    }
}
