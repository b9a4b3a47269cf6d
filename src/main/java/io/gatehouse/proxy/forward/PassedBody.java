package io.gatehouse.proxy.forward;

import io.vertx.core.Future;

/** Passes the body of one response to the client. */
interface PassedBody {
    /**
     * Passes the body. Completes when its last bytes have been written to the client's connection. Fails with {@link ClientLeft}, or
     * with the failure of the upstream.
     */
    Future<Void> pass();

    /** Ends the response. Completes when it is written. */
    Future<Void> finish();

    /** Returns the bytes received so far. */
    long bytesPassed();

    /** Whether the client holds back the body: reading from the upstream is paused. */
    boolean isHeld();
}
