/**
 * Serves the files of the console, a page that calls the Admin API (docs/how-to/console.md).
 *
 * <p>Data does not belong here: the page reads it from the endpoints of the Admin API, with the token.
 *
 * <p>Start with {@link Console}.
 */
@NullMarked
package io.gatehouse.admin.console;

import org.jspecify.annotations.NullMarked;
