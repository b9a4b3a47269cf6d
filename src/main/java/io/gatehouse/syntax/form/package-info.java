/**
 * Parses form bodies: {@code application/x-www-form-urlencoded} and {@code multipart/form-data}.
 *
 * <p>Malformed input is rejected, never repaired. Nothing here depends on an entity or a request.
 *
 * <p>Start with {@link UrlEncoded} and {@link Multipart}.
 */
@NullMarked
package io.gatehouse.syntax.form;

import org.jspecify.annotations.NullMarked;
