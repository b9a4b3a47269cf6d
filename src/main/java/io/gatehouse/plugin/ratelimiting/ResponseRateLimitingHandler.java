package io.gatehouse.plugin.ratelimiting;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.UnavailableLog;
import io.gatehouse.quota.Counters;
import io.gatehouse.quota.Verdict;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits what upstreams report to have used for a caller: the {@code response-ratelimiting} plugin.
 *
 * <p>The counters belong to the node and not to this handler, so that a change of the configuration keeps them.
 */
public final class ResponseRateLimitingHandler implements PluginHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ResponseRateLimitingHandler.class);

    private final ResponseRateLimitingConfig config;
    private final Caller caller;
    private final Set<String> names;
    private final Counters counters;
    private final UnavailableLog log;

    private ResponseRateLimitingHandler(
            Plugin plugin, ResponseRateLimitingConfig config, Counters counters, UnavailableLog log) {
        this.config = config;
        this.caller = new Caller(plugin);
        this.names = config.names();
        this.counters = counters;
        this.log = log;
    }

    /**
     * Creates the factory of a node.
     *
     * @param local counts the units of this node
     * @param shared counts the units of all nodes
     * @param log receives the requests that pass uncounted
     */
    public static PluginFactory factory(Counters local, Counters shared, UnavailableLog log) {
        return (Plugin plugin, Catalog catalog) -> {
            ResponseRateLimitingConfig config = ResponseRateLimitingConfig.of(plugin);
            if (config.policy().equals("redis")) {
                LOG.info(
                        "Plugin {} has the policy redis; this node counts as with the policy cluster, and uses no Redis",
                        plugin.id());
            }
            return new ResponseRateLimitingHandler(
                    plugin, config, config.policy().equals("local") ? local : shared, log);
        };
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        String key = caller.key(exchange);
        List<CompletableFuture<Verdict>> looks =
                new ArrayList<>(config.quantities().size());
        for (Quantity quantity : config.quantities()) {
            // If the counters are unavailable, the upstream would read the client's value as the gateway's.
            exchange.hideHeader(quantity.upstreamHeader());
            looks.add(counters.look(ResponseUsage.key(key, quantity), quantity.limits()));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new));
        if (all.isDone() && !all.isCompletedExceptionally()) {
            return apply(exchange, key, verdicts(looks));
        }
        // The counters complete the futures on other threads; the request continues on its event loop.
        return Future.fromCompletionStage(all, Vertx.currentContext())
                .compose(done -> apply(exchange, key, verdicts(looks)), failure -> unavailable(exchange, failure));
    }

    private static List<Verdict> verdicts(List<CompletableFuture<Verdict>> looks) {
        return looks.stream().map(CompletableFuture::join).toList();
    }

    private Future<Outcome> apply(Exchange exchange, String key, List<Verdict> verdicts) {
        for (int i = 0; i < verdicts.size(); i++) {
            Quantity quantity = config.quantities().get(i);
            Verdict verdict = verdicts.get(i);
            if (config.blocks() && !verdict.isAllowed()) {
                return Future.failedFuture(rejection(quantity));
            }
            exchange.upstreamHeader(quantity.upstreamHeader(), Long.toString(Quantity.remaining(verdict)));
        }
        exchange.onResponse(new ResponseUsage(config, names, counters, key, verdicts));
        return CONTINUE;
    }

    private static ProxyException rejection(Quantity quantity) {
        return ProxyError.FORBIDDEN
                .withMessage("API rate limit exceeded for '" + quantity.name() + "'")
                .withStatus(HttpResponseStatus.TOO_MANY_REQUESTS.code());
    }

    /** Lets the request pass uncounted, or rejects it with 500, as Kong does. */
    private Future<Outcome> unavailable(Exchange exchange, Throwable failure) {
        if (!config.faultTolerant()) {
            return Future.failedFuture(ProxyError.INTERNAL.causedBy(failure));
        }
        log.passed(exchange.requestId(), failure);
        exchange.editResponseHead(response -> response.remove(config.header()));
        return CONTINUE;
    }
}
