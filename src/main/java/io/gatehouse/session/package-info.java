/**
 * Defines how browser sessions are kept, and the encryption of what the store and cookies hold.
 *
 * <p>The store itself is in {@code io.gatehouse.cluster.session}; what a session contains is in its plugin.
 *
 * <p>Start with {@link Sessions}, {@link SessionStore} and {@link Sealer}.
 */
@NullMarked
package io.gatehouse.session;

import org.jspecify.annotations.NullMarked;
