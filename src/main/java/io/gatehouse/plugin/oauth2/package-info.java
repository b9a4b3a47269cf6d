/**
 * Runs the {@code oauth2} plugin on the proxy: checks access tokens, sends token requests to an issuer, serves metadata.
 *
 * <p>Issues nothing and reads no database.
 *
 * <p>Start with {@link OAuth2Handler}, which {@link OAuth2Factory} makes.
 */
@NullMarked
package io.gatehouse.plugin.oauth2;

import org.jspecify.annotations.NullMarked;
