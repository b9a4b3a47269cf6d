/**
 * Implements the {@code standard-webhooks} plugin, which checks the signatures of webhooks.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link StandardWebhooksHandler}.
 */
@NullMarked
package io.gatehouse.plugin.standardwebhooks;

import org.jspecify.annotations.NullMarked;
