/**
 * Defines OAuth 2.0 as records and enums: errors, grants, tokens, and where Kong departs from the RFCs.
 *
 * <p>No I/O, and nothing of the plugin's configuration.
 *
 * <p>Start with {@link OAuth2Error} and {@link Departure}.
 */
@NullMarked
package io.gatehouse.oauth;

import org.jspecify.annotations.NullMarked;
