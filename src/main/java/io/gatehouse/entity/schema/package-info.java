/**
 * Declares the schema of each entity of the Admin API.
 *
 * <p>A schema is data that {@code io.gatehouse.schema} interprets. Schemas of plugin configurations belong in
 * {@code io.gatehouse.entity.plugin}.
 *
 * <p>Start with {@link EntitySchemas}, the list of all.
 */
@NullMarked
package io.gatehouse.entity.schema;

import org.jspecify.annotations.NullMarked;
