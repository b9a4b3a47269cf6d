/** The proxy's half of the oauth2 plugin: checks tokens, and hands token requests to an issuer. */
@NullMarked
package io.gatehouse.plugin.oauth2;

import org.jspecify.annotations.NullMarked;
