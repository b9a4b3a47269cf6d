package io.gatehouse.proxy;

import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.plugin.PluginChain;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Counts the requests that a plugin cannot serve, or whose response it cannot change, by the plugin: what it needs is unavailable, the
 * body exceeds its limit, or it has failed. Rejections of clients are no failures.
 *
 * <p><i>Threading</i>: safe from every event loop. A request that no plugin fails costs nothing.
 */
public final class PluginFailures implements PluginChain.Failures {
    private final Map<String, Counter> counters;

    /** {@code plugins} are the names of all plugins. */
    public PluginFailures(MeterRegistry registry, Collection<String> plugins) {
        this.counters = plugins.stream()
                .collect(Collectors.toUnmodifiableMap(
                        plugin -> plugin,
                        plugin -> Counter.builder("gatehouse.plugin.failures")
                                .description(
                                        "Requests that a plugin could not serve, or whose response it could not"
                                                + " change: its server or store is unavailable, the body exceeds its limit, or it failed")
                                .tag("plugin", plugin)
                                .register(registry)));
    }

    @Override
    public void failed(String plugin, Throwable failure) {
        Counter counter = isCounted(failure) ? counters.get(plugin) : null;
        if (counter != null) {
            counter.increment();
        }
    }

    private static boolean isCounted(Throwable failure) {
        // The status may be one of the plugin's configuration.
        if (failure instanceof ProxyException rejection && rejection.error() == ProxyError.FORBIDDEN) {
            return false;
        }
        int status = status(failure);
        return status >= HttpResponseStatus.INTERNAL_SERVER_ERROR.code()
                || status == HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE.code();
    }

    private static int status(Throwable failure) {
        if (failure instanceof ProxyException rejection) {
            return rejection.status();
        }
        return failure instanceof OAuth2Exception rejection
                ? rejection.status()
                : HttpResponseStatus.INTERNAL_SERVER_ERROR.code();
    }
}
