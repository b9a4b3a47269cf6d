/**
 * Implements the {@code request-size-limiting} plugin, which limits the bodies of requests.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link RequestSizeLimitingHandler}.
 */
@NullMarked
package io.gatehouse.plugin.requestsizelimiting;

import org.jspecify.annotations.NullMarked;
