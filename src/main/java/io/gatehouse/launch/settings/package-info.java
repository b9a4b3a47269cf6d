/**
 * Reads the configuration from file and environment, with an error message for each mistake.
 *
 * <p>Values become records of {@code io.gatehouse.config}; no other package reads settings.
 *
 * <p>Start with {@link Settings}, the list of all.
 */
@NullMarked
package io.gatehouse.launch.settings;

import org.jspecify.annotations.NullMarked;
