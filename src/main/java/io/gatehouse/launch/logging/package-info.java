/**
 * Configures logging: levels, formats, the access log, and the removal of control characters.
 *
 * <p>Start with {@link Logging}.
 */
@NullMarked
package io.gatehouse.launch.logging;

import org.jspecify.annotations.NullMarked;
