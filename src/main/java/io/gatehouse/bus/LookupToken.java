package io.gatehouse.bus;

import io.gatehouse.oauth.TokenDigest;

/** Asks what is known of a token. */
public record LookupToken(TokenDigest digest) {}
