package io.gatehouse.oauth;

import org.jspecify.annotations.Nullable;

/**
 * A token row that an exchange stores (RFC 8693 §2.2).
 *
 * @param token expires, and has no refresh token
 * @param actor the party that acts for its subject; null: none
 */
public record ExchangedToken(NewToken token, @Nullable Actor actor) {}
