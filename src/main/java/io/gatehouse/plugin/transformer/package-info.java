/**
 * Implements the {@code request-transformer} and {@code response-transformer} plugins, which edit headers, queries and bodies.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link RequestTransformerHandler} and {@link ResponseTransformerHandler}.
 */
@NullMarked
package io.gatehouse.plugin.transformer;

import org.jspecify.annotations.NullMarked;
