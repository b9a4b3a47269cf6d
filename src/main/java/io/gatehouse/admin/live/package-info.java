/**
 * Streams the figures of all nodes to the console (docs/reference/admin-api.md#figures).
 *
 * <p>Code for one page of the console does not belong here.
 *
 * <p>Start with {@link FigureStreams}, then {@link Sampler}.
 */
@NullMarked
package io.gatehouse.admin.live;

import org.jspecify.annotations.NullMarked;
