package io.gatehouse.config;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * TLS to PostgreSQL, as read from the files that {@code postgres.url} names. All connections go by it: the pool's, the one
 * that listens, and those of the migrations.
 *
 * @param authorities certificates that may vouch for the server's; empty where {@code mode} does not verify
 * @param client the certificate this node presents, or null
 */
public record PostgresTls(
        Mode mode,
        List<X509Certificate> authorities,
        @Nullable ClientKey client) {
    /** libpq's {@code sslmode}, without {@code allow}. */
    public enum Mode {
        DISABLE,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL;

        /** Whether the server has to present a certificate of a trusted authority. */
        public boolean verifies() {
            return this == VERIFY_CA || this == VERIFY_FULL;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** A certificate with its intermediates, the node's own first, and its key. */
    public record ClientKey(List<X509Certificate> chain, PrivateKey key) {
        public ClientKey {
            chain = List.copyOf(chain);
        }

        @Override
        public String toString() {
            return "ClientKey[" + chain.get(0).getSubjectX500Principal() + "]";
        }
    }

    /** No TLS at all. */
    public static final PostgresTls DISABLED = new PostgresTls(Mode.DISABLE, List.of(), null);

    /** TLS where the server has it. */
    public static final PostgresTls PREFERRED = new PostgresTls(Mode.PREFER, List.of(), null);

    public PostgresTls {
        authorities = List.copyOf(authorities);
    }

    @Override
    public String toString() {
        return mode.toString();
    }
}
