/**
 * Serves the schemas of entities and plugins, and the OpenAPI document derived from them.
 *
 * <p>Declarations of schemas belong in {@code io.gatehouse.entity.schema} and {@code io.gatehouse.entity.plugin}.
 *
 * <p>Start with {@link SchemaEndpoints}.
 */
@NullMarked
package io.gatehouse.admin.schema;

import org.jspecify.annotations.NullMarked;
