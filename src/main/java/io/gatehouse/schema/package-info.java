/**
 * Describes entities: fields, their types and checks, defaults, error texts.
 *
 * <p>One {@link EntitySchema} yields validation, defaults, error texts, {@code /schemas} and SQL columns. No entity is declared here: see {@code io.gatehouse.entity.schema}.
 *
 * <p>Start with {@link EntitySchema}, then {@link Field}.
 */
@NullMarked
package io.gatehouse.schema;

import org.jspecify.annotations.NullMarked;
