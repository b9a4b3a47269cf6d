/**
 * Tests a cluster of processes under load. Its parts are killed, paused, partitioned and given wrong clocks. Every response
 * is checked against the expected state; see {@link io.gatehouse.faults.TokenLedger}.
 */
@NullMarked
package io.gatehouse.faults;

import org.jspecify.annotations.NullMarked;
