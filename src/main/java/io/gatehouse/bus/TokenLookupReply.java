package io.gatehouse.bus;

import io.gatehouse.oauth.TokenFacts;
import org.jspecify.annotations.Nullable;

/** What is known of a token; null facts: there is no such token. */
public record TokenLookupReply(@Nullable TokenFacts facts) {}
