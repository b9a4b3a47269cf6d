/**
 * Reads an OpenID provider: its metadata and keys, the tokens that it signs, and its endpoints for clients.
 *
 * <p>What a request or a browser does with the tokens is in {@code io.gatehouse.plugin.openidconnect}, on which nothing here depends.
 *
 * <p>Start with {@link Provider} and {@link TokenClient}.
 */
@NullMarked
package io.gatehouse.plugin.openidconnect.provider;

import org.jspecify.annotations.NullMarked;
