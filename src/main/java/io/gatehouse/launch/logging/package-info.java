/**
 * Configures logging: levels, formats, the access log, and the removal of control characters.
 *
 * <p>The content of an access-log entry is in {@code telemetry}.
 *
 * <p>Start with {@link Logging}.
 */
@NullMarked
package io.gatehouse.launch.logging;

import org.jspecify.annotations.NullMarked;
