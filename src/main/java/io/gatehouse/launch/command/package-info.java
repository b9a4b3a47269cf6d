/**
 * Implements the subcommands of {@code gatehouse}. What a command does is in other packages: {@code declarative},
 * {@code store}, {@code launch.node}.
 *
 * <p>Start with {@link GatehouseCommand}.
 */
@NullMarked
package io.gatehouse.launch.command;

import org.jspecify.annotations.NullMarked;
