package io.gatehouse.lookup;

import org.jspecify.annotations.Nullable;

/** Nobody can say now whether a token is good: the caller is told to come back, never that it is bad. */
public final class IssuerUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public IssuerUnavailable(@Nullable String reason) {
        super(reason, null, false, false);
    }
}
