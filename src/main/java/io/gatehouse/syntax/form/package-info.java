/**
 * Reads form bodies, queries and media types: the only parser of {@code application/x-www-form-urlencoded} and
 * {@code multipart/form-data} in Gatehouse.
 *
 * <p>The Admin API, {@code key-auth} and {@code oauth2} use it, so that all of them read the same parameters from a request.
 * A malformed form has no parameters. Entities, requests and JSON do not belong here.
 *
 * <p>Start with {@link UrlEncoded} and {@link Multipart}.
 */
@NullMarked
package io.gatehouse.syntax.form;

import org.jspecify.annotations.NullMarked;
