package io.gatehouse.plugin.ratelimiting;

import io.gatehouse.entity.Plugin;
import io.gatehouse.schema.Document;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holds the {@code response-ratelimiting} plugin's configuration, read once per change.
 *
 * @param quantities what upstreams count, at least one
 * @param header with which an upstream reports the units of a response
 * @param policy where the counters are
 * @param faultTolerant whether requests pass while the counters are not available
 * @param blocks whether a request is rejected when one of the limits is reached, before it is forwarded
 * @param hidesHeaders whether the client receives no headers about the limits
 */
record ResponseRateLimitingConfig(
        List<Quantity> quantities,
        String header,
        String policy,
        boolean faultTolerant,
        boolean blocks,
        boolean hidesHeaders) {

    static ResponseRateLimitingConfig of(Plugin plugin) {
        Document config = plugin.config();
        Document limits = config.record("limits");
        List<Quantity> quantities = limits.values().keySet().stream()
                .map(name -> Quantity.of(name, RateLimitingConfig.limits(limits.record(name))))
                .toList();
        return new ResponseRateLimitingConfig(
                quantities,
                config.string("header_name"),
                config.string("policy"),
                config.flag("fault_tolerant"),
                config.flag("block_on_first_violation"),
                config.flag("hide_client_headers"));
    }

    Set<String> names() {
        return quantities.stream().map(Quantity::name).collect(Collectors.toUnmodifiableSet());
    }
}
