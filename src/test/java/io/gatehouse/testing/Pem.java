package io.gatehouse.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Certificates and keys made once with OpenSSL, for tests alone: {@code src/test/resources/tls}. */
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
