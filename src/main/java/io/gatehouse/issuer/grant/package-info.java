/** One class per grant (RFC 6749 §4). */
@NullMarked
package io.gatehouse.issuer.grant;

import org.jspecify.annotations.NullMarked;
