/**
 * Implements the {@code bot-detection} plugin, which rejects requests by their user agent.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link BotDetectionHandler}.
 */
@NullMarked
package io.gatehouse.plugin.botdetection;

import org.jspecify.annotations.NullMarked;
