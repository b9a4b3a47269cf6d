/**
 * A cluster of real processes under load while its parts are killed, stopped, cut off and given wrong clocks. Every answer
 * is held against what it may be; see {@link io.gatehouse.faults.TokenLedger}.
 */
@NullMarked
package io.gatehouse.faults;

import org.jspecify.annotations.NullMarked;
