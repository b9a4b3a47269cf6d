/**
 * Defines the event bus as an API: addresses, messages and their codec.
 *
 * <p>A message is an immutable record. Handlers live in the packages that do the work.
 *
 * <p>Start with {@link Addresses}. {@link Broadcast} sends a message to every node.
 */
@NullMarked
package io.gatehouse.bus;

import org.jspecify.annotations.NullMarked;
