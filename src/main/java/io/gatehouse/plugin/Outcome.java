package io.gatehouse.plugin;

import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** Represents the decision of a plugin on a request. */
public sealed interface Outcome {

    /** Continues with the next plugin, or after the last one with the upstream. */
    record Continue() implements Outcome {}

    /** Responds to the client. No later plugin runs, and the request is not forwarded. */
    record Response(int status, Map<String, String> headers, Buffer body) implements Outcome {}
}
