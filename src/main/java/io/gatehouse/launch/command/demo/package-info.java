/**
 * Runs the first five minutes as {@code gatehouse demo}.
 *
 * <p>Start with {@link Demo}.
 */
@NullMarked
package io.gatehouse.launch.command.demo;

import org.jspecify.annotations.NullMarked;
