/**
 * Defines the store of browser sessions and the encryption of what it and cookies hold.
 *
 * <p>The store itself is in {@code io.gatehouse.cluster.session}; what a session contains is in its plugin.
 *
 * <p>Start with {@link SessionStore} and {@link Sealer}.
 */
@NullMarked
package io.gatehouse.session;

import org.jspecify.annotations.NullMarked;
