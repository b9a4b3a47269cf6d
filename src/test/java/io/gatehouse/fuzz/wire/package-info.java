/**
 * Parses requests and responses by exactly the grammar of RFC 9112, as the fuzzers' oracle.
 *
 * <p>Shares no code with the gateway.
 *
 * <p>Start with {@link RequestReader}.
 */
package io.gatehouse.fuzz.wire;
