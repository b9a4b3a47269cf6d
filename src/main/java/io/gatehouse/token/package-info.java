/** What is known about tokens, keys and groups, and how a proxy finds out: first level, shared cache, issuer. */
@NullMarked
package io.gatehouse.token;

import org.jspecify.annotations.NullMarked;
