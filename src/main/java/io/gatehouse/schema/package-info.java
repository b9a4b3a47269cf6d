/**
 * Describes entities: fields, their types and checks, defaults, error texts.
 *
 * <p>Validation, defaults, error texts, {@code /schemas} and SQL columns are derived from one {@link EntitySchema}. Declarations of
 * entities belong in {@code io.gatehouse.entity.schema}.
 *
 * <p>Start with {@link EntitySchema}, then {@link Field}.
 */
@NullMarked
package io.gatehouse.schema;

import org.jspecify.annotations.NullMarked;
