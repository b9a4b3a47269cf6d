/**
 * Implements the subcommands of {@code gatehouse}.
 *
 * <p>Start with {@link GatehouseCommand}.
 */
@NullMarked
package io.gatehouse.launch.command;

import org.jspecify.annotations.NullMarked;
