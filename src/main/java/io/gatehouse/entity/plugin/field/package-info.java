/**
 * Declares the fields that several plugins share, and the names that a plugin reads as its schema does.
 *
 * <p>A field of one plugin is in its schema, in {@code io.gatehouse.entity.plugin}; a field that entities share is in {@code
 * io.gatehouse.schema.CommonFields}.
 */
@NullMarked
package io.gatehouse.entity.plugin.field;

import org.jspecify.annotations.NullMarked;
