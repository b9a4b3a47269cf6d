/**
 * Implements the {@code correlation-id} plugin, which adds an id to the request and its response.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link CorrelationIdHandler}.
 */
@NullMarked
package io.gatehouse.plugin.correlationid;

import org.jspecify.annotations.NullMarked;
