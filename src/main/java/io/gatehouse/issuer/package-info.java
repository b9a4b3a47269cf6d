/** The token-issuer role: the authorization server of RFC 6749. */
@NullMarked
package io.gatehouse.issuer;

import org.jspecify.annotations.NullMarked;
