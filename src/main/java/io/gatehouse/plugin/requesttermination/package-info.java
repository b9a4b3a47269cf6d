/** The request-termination plugin: answers in the upstream's place. */
@NullMarked
package io.gatehouse.plugin.requesttermination;

import org.jspecify.annotations.NullMarked;
