package io.gatehouse.bus;

import io.gatehouse.oauth.TokenDigest;
import java.util.List;

/** Something about these tokens, keys or groups changed: whatever is remembered of them is no longer true. */
public record ForgetTokens(List<TokenDigest> digests) {}
