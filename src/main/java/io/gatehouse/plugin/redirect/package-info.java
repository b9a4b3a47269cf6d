/**
 * Implements the {@code redirect} plugin, which redirects each request.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link RedirectHandler}.
 */
@NullMarked
package io.gatehouse.plugin.redirect;

import org.jspecify.annotations.NullMarked;
