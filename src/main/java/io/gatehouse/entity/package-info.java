/**
 * Holds Kong's entities as immutable records for the data path.
 *
 * <p>Validation and defaults belong in {@code entity.schema}, plugin configurations in {@code entity.plugin}. I/O does not belong here.
 *
 * <p>Start with {@link Route} and {@link Service}.
 */
@NullMarked
package io.gatehouse.entity;

import org.jspecify.annotations.NullMarked;
