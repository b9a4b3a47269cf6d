/**
 * Implements the plugins that log finished requests or send metrics of them: {@code datadog}, {@code file-log}, {@code http-log},
 * {@code loggly}, {@code statsd}, {@code syslog}, {@code tcp-log} and {@code udp-log}, with the queue that they share.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link LogPlugins} and {@link LogQueue}.
 */
@NullMarked
package io.gatehouse.plugin.log;

import org.jspecify.annotations.NullMarked;
