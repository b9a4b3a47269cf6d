package io.gatehouse.fuzz;

import java.io.IOException;

/**
 * An HTTP/1.1 server that has nothing in common with the gateway. It answers each request with {@code X-Saw}: what {@link
 * ParsedRequest#seen} says of it.
 */
interface Parser extends AutoCloseable {
    String name();

    int port();

    @Override
    void close() throws IOException;
}
