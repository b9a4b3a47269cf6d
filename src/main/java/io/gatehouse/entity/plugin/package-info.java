/**
 * Declares the schema of each plugin's configuration.
 *
 * <p>No behaviour; the handler of a plugin lives in {@code io.gatehouse.plugin.NAME}.
 *
 * <p>Start with {@link PluginSchemas}, the list of all.
 */
@NullMarked
package io.gatehouse.entity.plugin;

import org.jspecify.annotations.NullMarked;
