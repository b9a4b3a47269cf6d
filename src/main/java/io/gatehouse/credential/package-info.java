/**
 * Holds the cacheable state of tokens, keys, JWT credentials and ACL groups.
 *
 * <p>Immutable records without I/O; RFC 6749's own terms live in {@code io.gatehouse.oauth}.
 *
 * <p>Start with {@link CredentialState} and {@link CredentialDigest}.
 */
@NullMarked
package io.gatehouse.credential;

import org.jspecify.annotations.NullMarked;
