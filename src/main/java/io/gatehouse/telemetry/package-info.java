/**
 * Describes single requests for operators: trace context, spans, access log lines.
 *
 * <p>Only this package uses OpenTelemetry.
 *
 * <p>Start with {@link AccessEntry} and {@link Tracing}.
 */
@NullMarked
package io.gatehouse.telemetry;

import org.jspecify.annotations.NullMarked;
