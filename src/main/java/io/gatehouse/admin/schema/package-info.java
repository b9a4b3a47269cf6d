/**
 * Serves the schemas of entities and plugins, and the OpenAPI document made of them.
 *
 * <p>Reads schemas; declares none.
 *
 * <p>Start with {@link SchemaEndpoints}.
 */
@NullMarked
package io.gatehouse.admin.schema;

import org.jspecify.annotations.NullMarked;
