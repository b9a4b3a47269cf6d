/**
 * Runs HTTP/1.1 servers that share no code with the gateway, each of which describes the requests that it parses.
 *
 * <p>Start with {@link Parser}.
 */
package io.gatehouse.fuzz.parser;
