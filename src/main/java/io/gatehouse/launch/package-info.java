/** The process: command line, configuration, embedded PostgreSQL, and the wiring that knows everything. */
@NullMarked
package io.gatehouse.launch;

import org.jspecify.annotations.NullMarked;
