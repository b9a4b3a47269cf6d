package io.gatehouse.bus;

import io.gatehouse.oauth.Facts;
import io.gatehouse.oauth.TokenDigest;

/** Asks what is known of something that was shown. */
public record LookupFacts(Facts.Kind kind, TokenDigest digest) {}
