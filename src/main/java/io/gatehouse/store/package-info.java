/** PostgreSQL, the only source of truth: the one package that knows SQL. */
@NullMarked
package io.gatehouse.store;

import org.jspecify.annotations.NullMarked;
