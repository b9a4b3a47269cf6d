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
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rejects the requests of a caller beyond its limits: the {@code rate-limiting} plugin.
 *
 * <p>The counters belong to the node and not to this handler, so that a change of the configuration keeps them.
 */
public final class RateLimitingHandler implements PluginHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RateLimitingHandler.class);

    private final RateLimitingConfig config;
    private final Caller caller;
    private final LimitHeaders headers;
    private final ProxyException exceeded;
    private final Counters counters;
    private final UnavailableLog log;

    private RateLimitingHandler(Plugin plugin, RateLimitingConfig config, Counters counters, UnavailableLog log) {
        this.config = config;
        this.caller = new Caller(plugin);
        this.headers = new LimitHeaders(config.limits());
        this.exceeded = ProxyError.FORBIDDEN.withMessage(config.errorMessage()).withStatus(config.errorCode());
        this.counters = counters;
        this.log = log;
    }

    /**
     * Creates the factory of a node.
     *
     * @param local counts the requests of this node
     * @param shared counts the requests of all nodes
     * @param log receives the requests that pass uncounted
     */
    public static PluginFactory factory(Counters local, Counters shared, UnavailableLog log) {
        return (Plugin plugin, Catalog catalog) -> {
            RateLimitingConfig config = RateLimitingConfig.of(plugin);
            if (config.policy().equals("redis")) {
                LOG.info(
                        "Plugin {} has the policy redis; this node counts as with the policy cluster, and uses no Redis",
                        plugin.id());
            }
            return new RateLimitingHandler(plugin, config, config.policy().equals("local") ? local : shared, log);
        };
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        CompletableFuture<Verdict> verdict = counters.take(caller.key(exchange), config.limits());
        if (verdict.isDone() && !verdict.isCompletedExceptionally()) {
            return apply(exchange, verdict.join());
        }
        // The counters complete the future on another thread; the request continues on its event loop.
        return Future.fromCompletionStage(verdict, Vertx.currentContext())
                .compose(decided -> apply(exchange, decided), failure -> unavailable(exchange, failure));
    }

    private Future<Outcome> apply(Exchange exchange, Verdict verdict) {
        if (!verdict.isAllowed()) {
            return Future.failedFuture(rejection(verdict));
        }
        if (!config.hidesHeaders()) {
            Map<String, String> usage = headers.of(verdict);
            exchange.editResponseHead(response -> usage.forEach(response::set));
        }
        return CONTINUE;
    }

    private ProxyException rejection(Verdict verdict) {
        return config.hidesHeaders()
                ? exceeded
                : exceeded.with(headers.of(verdict)).with("Retry-After", LimitHeaders.retryAfter(verdict));
    }

    /** Lets the request pass uncounted, or rejects it with 500, as Kong does. */
    private Future<Outcome> unavailable(Exchange exchange, Throwable failure) {
        if (!config.faultTolerant()) {
            return Future.failedFuture(ProxyError.INTERNAL.causedBy(failure));
        }
        log.passed(exchange.requestId(), failure);
        return CONTINUE;
    }
}
