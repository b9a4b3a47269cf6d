/**
 * Reads the configuration: file, environment, command line, with the error for each mistake.
 *
 * <p>Values end as records of {@code io.gatehouse.config}; nothing else reads settings.
 *
 * <p>Start with {@link Settings}, the list of all.
 */
@NullMarked
package io.gatehouse.launch.settings;

import org.jspecify.annotations.NullMarked;
