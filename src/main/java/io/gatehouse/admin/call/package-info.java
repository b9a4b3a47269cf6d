/**
 * Sends described requests to the proxy of the same node, for operators who try a Route (docs/reference/admin-api.md#test-calls).
 *
 * <p>A request to any other address does not belong here: the Admin API would become a way into the network of the node.
 *
 * <p>Start with {@link TestCalls}.
 */
@NullMarked
package io.gatehouse.admin.call;

import org.jspecify.annotations.NullMarked;
