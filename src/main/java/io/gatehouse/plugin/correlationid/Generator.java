package io.gatehouse.plugin.correlationid;

import io.gatehouse.plugin.Exchange;

/** Makes ids that tell requests apart; safe from every event loop. */
interface Generator {
    String next(Exchange exchange);
}
