package io.gatehouse.plugin.correlationid;

import io.gatehouse.plugin.Exchange;

/** Generates ids that distinguish requests; safe for use by all event loops. */
interface Generator {
    String next(Exchange exchange);
}
