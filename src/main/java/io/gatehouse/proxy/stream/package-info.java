/**
 * Serves Routes of {@code tcp}, {@code tls} and {@code tls_passthrough}: joins a client's connection to one of the Service.
 *
 * <p>Matching is in {@code routing.StreamTable}. Nothing here changes a byte, except that TLS may end or begin here.
 *
 * <p>Start with {@link StreamVerticle}, then {@link StreamSession}.
 */
@NullMarked
package io.gatehouse.proxy.stream;

import org.jspecify.annotations.NullMarked;
