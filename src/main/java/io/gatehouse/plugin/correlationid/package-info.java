/** The correlation-id plugin: a header that tells one request from another, on every leg of its way. */
@NullMarked
package io.gatehouse.plugin.correlationid;

import org.jspecify.annotations.NullMarked;
