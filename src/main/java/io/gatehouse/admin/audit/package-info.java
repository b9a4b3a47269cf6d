/**
 * Records which request changed what, and lists the records (docs/reference/admin-api.md#audit).
 *
 * <p>The comparison of entities belongs in {@code io.gatehouse.schema}, SQL in {@code io.gatehouse.store}.
 *
 * <p>Start with {@link Auditor}.
 */
@NullMarked
package io.gatehouse.admin.audit;

import org.jspecify.annotations.NullMarked;
