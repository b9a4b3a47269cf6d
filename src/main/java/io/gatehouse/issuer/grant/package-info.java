/**
 * Implements the grants: what each requires, and which token it gives.
 *
 * <p>The client is authenticated before a grant runs. A grant never widens what was granted.
 *
 * <p>Start with {@link Grant} and {@link IssuerRequest}.
 */
@NullMarked
package io.gatehouse.issuer.grant;

import org.jspecify.annotations.NullMarked;
