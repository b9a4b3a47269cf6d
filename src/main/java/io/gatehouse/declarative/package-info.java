/**
 * Imports and exports the configuration as a file in decK's format.
 *
 * <p>It is a client of the Admin API. Direct access to the store does not belong here.
 *
 * <p>Start with {@link Importer} and {@link Exporter}.
 */
@NullMarked
package io.gatehouse.declarative;

import org.jspecify.annotations.NullMarked;
