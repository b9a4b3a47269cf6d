/**
 * Implements the {@code acl} plugin, which allows or denies groups of Consumers.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link AclHandler}.
 */
@NullMarked
package io.gatehouse.plugin.acl;

import org.jspecify.annotations.NullMarked;
