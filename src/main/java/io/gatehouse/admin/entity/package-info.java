/**
 * Serves the entities of the Admin API: list, read, create, update, upsert, delete.
 *
 * <p>Rules of one entity belong in its schema, SQL belongs in {@code io.gatehouse.store}.
 *
 * <p>Start with {@link EntityEndpoints}; {@link EntityWriter} holds the rules of a write.
 */
@NullMarked
package io.gatehouse.admin.entity;

import org.jspecify.annotations.NullMarked;
