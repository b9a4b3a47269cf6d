/**
 * Implements the {@code session} plugin, which issues a session when another plugin has authenticated a request.
 *
 * <p>How sessions are kept belongs in {@code io.gatehouse.session}.
 *
 * <p>Start with {@link SessionHandler}.
 */
@NullMarked
package io.gatehouse.plugin.session;

import org.jspecify.annotations.NullMarked;
