/**
 * Implements the {@code ldap-auth} plugin, which authenticates by username and password against an LDAP server (RFC 4513 §5.1.3).
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link LdapAuthHandler}.
 */
@NullMarked
package io.gatehouse.plugin.ldapauth;

import org.jspecify.annotations.NullMarked;
