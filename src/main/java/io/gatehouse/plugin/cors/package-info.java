/**
 * Implements the {@code cors} plugin, the CORS protocol of the Fetch standard.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link CorsHandler}.
 */
@NullMarked
package io.gatehouse.plugin.cors;

import org.jspecify.annotations.NullMarked;
