/**
 * Declares the schema of each plugin's configuration.
 *
 * <p>The handler of a plugin belongs in {@code io.gatehouse.plugin.NAME}.
 *
 * <p>Start with {@link PluginSchemas}, the list of all.
 */
@NullMarked
package io.gatehouse.entity.plugin;

import org.jspecify.annotations.NullMarked;
