package io.gatehouse.plugin.correlationid;

import io.gatehouse.entity.Plugin;
import io.gatehouse.schema.Document;

/**
 * Holds the {@code correlation-id} plugin's configuration, read once per change.
 *
 * @param headerName of the header that carries the id
 * @param generator the form of the ids
 * @param echoDownstream whether the response also carries the id
 */
record CorrelationIdConfig(String headerName, String generator, boolean echoDownstream) {

    static CorrelationIdConfig of(Plugin plugin) {
        Document config = plugin.config();
        return new CorrelationIdConfig(
                config.string("header_name"), config.string("generator"), config.flag("echo_downstream"));
    }
}
