package io.gatehouse.fuzz.parser;

import io.gatehouse.fuzz.wire.ParsedRequest;
import java.io.IOException;

/**
 * Represents an HTTP/1.1 server that shares no code with the gateway. It responds to each request with {@code X-Saw}, in the
 * form of {@link ParsedRequest#seen}.
 */
public interface Parser extends AutoCloseable {
    String name();

    int port();

    @Override
    void close() throws IOException;
}
