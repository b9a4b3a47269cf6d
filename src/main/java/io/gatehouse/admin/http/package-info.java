/**
 * Carries Admin API requests: endpoint table, bodies, responses, errors, audit log.
 *
 * <p>Nothing here is about one entity.
 *
 * <p>Start with {@link EndpointTable} and {@link AdminError}.
 */
@NullMarked
package io.gatehouse.admin.http;

import org.jspecify.annotations.NullMarked;
