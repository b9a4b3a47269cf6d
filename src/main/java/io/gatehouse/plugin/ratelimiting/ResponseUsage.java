package io.gatehouse.plugin.ratelimiting;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginResponse;
import io.gatehouse.plugin.ReplacedResponse;
import io.gatehouse.plugin.ResponsePhase;
import io.gatehouse.quota.Counters;
import io.gatehouse.quota.Verdict;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts the units that the response to one request has used, and describes the limits in its head.
 *
 * @param names of the quantities
 * @param key of the caller
 * @param verdicts of the quantities, before the request was forwarded
 */
record ResponseUsage(
        ResponseRateLimitingConfig config, Set<String> names, Counters counters, String key, List<Verdict> verdicts)
        implements ResponsePhase {
    /** It has no body, as in Kong. */
    private static final Outcome.Response EXCEEDED =
            new Outcome.Response(HttpResponseStatus.TOO_MANY_REQUESTS.code(), Map.of(), Buffer.buffer());

    static String key(String caller, Quantity quantity) {
        return caller + "/" + quantity.name();
    }

    @Override
    public void respond(Exchange exchange, PluginResponse response) {
        Map<String, Long> used =
                response.isUpstreams() ? UsedUnits.of(response.headers().getAll(config.header()), names) : Map.of();
        response.headers().remove(config.header());
        if (isExceeded(used)) {
            throw new ReplacedResponse(EXCEEDED);
        }
        for (int i = 0; i < verdicts.size(); i++) {
            Quantity quantity = config.quantities().get(i);
            Verdict verdict = verdicts.get(i);
            long units = used.getOrDefault(quantity.name(), 0L);
            if (units != 0) {
                counters.count(key(key, quantity), quantity.limits(), units, verdict.atMillis());
            }
            if (!config.hidesHeaders()) {
                quantity.headers(verdict, units, response.headers()::set);
            }
        }
    }

    /** Returns whether the response has used a quantity of which nothing was left. */
    private boolean isExceeded(Map<String, Long> used) {
        for (int i = 0; i < verdicts.size(); i++) {
            long units = used.getOrDefault(config.quantities().get(i).name(), 0L);
            if (units > 0 && !verdicts.get(i).isAllowed()) {
                return true;
            }
        }
        return false;
    }
}
