package io.gatehouse.proxy.forward;

import io.vertx.core.Future;

/** The body of one response on its way to the client. */
interface PassedBody {
    /**
     * Passes the body; completes when the last of it has been handed to the client's connection. Fails with {@link
     * ClientLeft}, or with what became of the upstream.
     */
    Future<Void> pass();

    /** Ends the response; completes when it is written. */
    Future<Void> finish();

    /** How many bytes came so far. */
    long bytesPassed();

    /** Whether the client has not taken what it was sent last, so that nothing more is asked for. */
    boolean isHeld();
}
