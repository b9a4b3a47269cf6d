/**
 * Implements the {@code proxy-cache} plugin.
 *
 * <p>{@link CacheKey} separates the requests that may have different responses, {@link StorageRules} decides what is stored, and
 * {@link ResponseStore} bounds the memory. Which response an upstream sends does not belong here.
 *
 * <p>Start with {@link ProxyCacheHandler}.
 */
@NullMarked
package io.gatehouse.plugin.proxycache;

import org.jspecify.annotations.NullMarked;
