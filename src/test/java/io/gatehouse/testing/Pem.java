package io.gatehouse.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Reads certificates and keys that were created with OpenSSL for tests: {@code src/test/resources/tls}. */
public final class Pem {
    private Pem() {}

    public static String read(String name) {
        try (InputStream in = Objects.requireNonNull(Pem.class.getResourceAsStream("/tls/" + name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
