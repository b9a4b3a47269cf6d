package io.gatehouse.fuzz;

/**
 * An HTTP/1.1 server that has nothing in common with the gateway. It answers each request with {@code X-Saw}: what {@link
 * ParsedRequest#seen} says of it.
 */
interface Parser extends AutoCloseable {
    String name();

    int port();
}
