package io.gatehouse.lookup;

import org.jspecify.annotations.Nullable;

/** Reports that no issuer can look up a credential now. The client gets 503 and may retry; the credential may be valid. */
public final class IssuerUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public IssuerUnavailable(@Nullable String reason) {
        super(reason, null, false, false);
    }
}
