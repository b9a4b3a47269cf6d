/**
 * Parses form bodies: {@code application/x-www-form-urlencoded} and {@code multipart/form-data}.
 *
 * <p>Strict: malformed input is refused, never guessed. Knows no entity and no request.
 *
 * <p>Start with {@link UrlEncoded} and {@link Multipart}.
 */
@NullMarked
package io.gatehouse.syntax.form;

import org.jspecify.annotations.NullMarked;
