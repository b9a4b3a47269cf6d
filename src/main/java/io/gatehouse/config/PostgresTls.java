package io.gatehouse.config;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Configures TLS to PostgreSQL, read from the files that {@code postgres.url} names. The pool, the LISTEN connection and the
 * migrations all use it.
 *
 * @param authorities trusted issuers of the server's certificate; empty if {@code mode} does not verify
 * @param client client certificate of this node, or null
 */
public record PostgresTls(
        Mode mode,
        List<X509Certificate> authorities,
        @Nullable ClientKey client) {
    /** Lists libpq's {@code sslmode} values, without {@code allow}. */
    public enum Mode {
        DISABLE,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL;

        /** Returns whether the server has to present a certificate of a trusted authority. */
        public boolean verifies() {
            return this == VERIFY_CA || this == VERIFY_FULL;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Holds a certificate chain, the node's own certificate first, and its key. */
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

    /** TLS if the server supports it. */
    public static final PostgresTls PREFERRED = new PostgresTls(Mode.PREFER, List.of(), null);

    public PostgresTls {
        authorities = List.copyOf(authorities);
    }

    @Override
    public String toString() {
        return mode.toString();
    }
}
