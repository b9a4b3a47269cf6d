/**
 * Looks up the state of credentials: in the process, in the shared cache, at an issuer.
 *
 * <p>Decides what may be cached and for how long, never whether a request may pass.
 *
 * <p>Start with {@link CredentialLookup}.
 */
@NullMarked
package io.gatehouse.lookup;

import org.jspecify.annotations.NullMarked;
