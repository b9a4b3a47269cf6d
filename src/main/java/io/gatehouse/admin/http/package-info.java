/**
 * Parses Admin API requests and builds responses: endpoint table, bodies, errors, pages, audit log.
 *
 * <p>Code for one entity does not belong here.
 *
 * <p>Start with {@link EndpointTable} and {@link AdminError}.
 */
@NullMarked
package io.gatehouse.admin.http;

import org.jspecify.annotations.NullMarked;
