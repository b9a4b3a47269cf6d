/** What an operator can set, as immutable records: read and checked once, at start. */
@NullMarked
package io.gatehouse.config;

import org.jspecify.annotations.NullMarked;
