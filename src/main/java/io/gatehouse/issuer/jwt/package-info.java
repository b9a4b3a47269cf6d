/**
 * Signs JWT access tokens (RFC 9068) and keeps the keys that sign them.
 *
 * <p>Proxies verify no signature: they look a token up by its digest, whatever its form.
 *
 * <p>Start with {@link AccessTokenSigner}.
 */
@NullMarked
package io.gatehouse.issuer.jwt;

import org.jspecify.annotations.NullMarked;
