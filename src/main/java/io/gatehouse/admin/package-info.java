/**
 * Serves the Admin API: the admin role's verticle, its access control, and the endpoints about the node.
 *
 * <p>Endpoints of entities belong in {@code admin.entity}, requests and responses in {@code admin.http}. Entities and rules of
 * one entity do not belong here.
 *
 * <p>Start with {@link AdminVerticle}, then {@link AdminHandler}.
 */
@NullMarked
package io.gatehouse.admin;

import org.jspecify.annotations.NullMarked;
