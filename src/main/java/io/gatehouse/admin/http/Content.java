package io.gatehouse.admin.http;

import io.vertx.core.buffer.Buffer;

/**
 * Holds the body of a response that is not JSON.
 *
 * @param type the value of {@code Content-Type}
 * @param bytes not to be changed: responses share them
 */
public record Content(String type, Buffer bytes) {}
