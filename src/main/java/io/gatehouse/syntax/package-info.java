/**
 * Parses and matches text: request targets, hosts, operators' patterns, PEM, JSON.
 *
 * <p>Nothing here does I/O or refers to another package of Gatehouse.
 *
 * <p>Start with {@link RequestTarget} and {@link RouteSyntax}.
 */
@NullMarked
package io.gatehouse.syntax;

import org.jspecify.annotations.NullMarked;
