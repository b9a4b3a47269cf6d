package io.gatehouse.plugin;

import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** What a plugin made of a request. */
public sealed interface Outcome {

    /** Nothing against it: the next plugin, then the upstream. */
    record Continue() implements Outcome {}

    /** The plugin answers itself; nothing after it runs. */
    record Answer(int status, Map<String, String> headers, Buffer body) implements Outcome {}
}
