/**
 * Defines the plugin API of the data path: exchange, handler, outcome, errors and chain.
 *
 * <p>One plugin belongs in {@code io.gatehouse.plugin.NAME}, and state of the proxy in {@code io.gatehouse.proxy.exchange}.
 *
 * <p>Start with {@link PluginHandler} and {@link Exchange}; docs/how-to/writing-a-plugin.md is the guide.
 */
@NullMarked
package io.gatehouse.plugin;

import org.jspecify.annotations.NullMarked;
