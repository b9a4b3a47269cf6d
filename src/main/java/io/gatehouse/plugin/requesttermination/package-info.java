/**
 * Implements the {@code request-termination} plugin, which responds without an upstream.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link RequestTerminationHandler}.
 */
@NullMarked
package io.gatehouse.plugin.requesttermination;

import org.jspecify.annotations.NullMarked;
