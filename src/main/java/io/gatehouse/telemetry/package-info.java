/** What is told of a single request: trace context, spans, the line in the access log. */
@NullMarked
package io.gatehouse.telemetry;

import org.jspecify.annotations.NullMarked;
