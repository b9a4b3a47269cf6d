/** Connections to PostgreSQL, with TLS as libpq has it: the driver of the pool, and that of the migrations. */
@NullMarked
package io.gatehouse.store.postgres;

import org.jspecify.annotations.NullMarked;
