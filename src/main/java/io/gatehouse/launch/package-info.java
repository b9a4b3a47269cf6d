/**
 * Holds the entry points of the process: {@code main} and the container's health check.
 *
 * <p>The packages below contain everything else: commands, settings, wiring, status listener, logging, data directory and
 * embedded PostgreSQL. Only {@code launch} reads files and the environment, and only {@code launch} deploys verticles.
 *
 * <p>Start with {@link Main}, then {@code launch.node.Node}.
 */
@NullMarked
package io.gatehouse.launch;

import org.jspecify.annotations.NullMarked;
