/**
 * Implements the {@code ip-restriction} plugin, which allows or denies addresses of clients.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link IpRestrictionHandler}.
 */
@NullMarked
package io.gatehouse.plugin.iprestriction;

import org.jspecify.annotations.NullMarked;
