/**
 * Wires one node: verticles, caches, cluster, store, in the order in which they start and stop.
 *
 * <p>The only package that deploys verticles.
 *
 * <p>Start with {@link Node}, then {@link Wiring} and {@link InstalledPlugins}.
 */
@NullMarked
package io.gatehouse.launch.node;

import org.jspecify.annotations.NullMarked;
