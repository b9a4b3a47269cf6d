package io.gatehouse.store.postgres;

import io.gatehouse.config.PostgresTls;
import io.gatehouse.config.PostgresTls.Mode;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Converts {@link PostgresTls} into Vert.x' options, equal for each connection, so that Vert.x builds one TLS context for all.
 */
final class TlsOptions {
    /** The platform's name for the verification of the host name (RFC 2818 §3.1). */
    static final String VERIFY_NAME = "HTTPS";

    private TlsOptions() {}

    static ClientSSLOptions of(PostgresTls tls) {
        ClientSSLOptions options = new ClientSSLOptions()
                .setTrustOptions(new Trust(new ServerTrust(tls)))
                .setHostnameVerificationAlgorithm(tls.mode() == Mode.VERIFY_FULL ? VERIFY_NAME : "");
        if (tls.client() != null) {
            options.setKeyCertOptions(new Identity(new ClientIdentity(tls.client())));
        }
        return options;
    }

    private record Trust(ServerTrust manager) implements TrustOptions {
        @Override
        public TrustOptions copy() {
            return this;
        }

        @Override
        public TrustManagerFactory getTrustManagerFactory(Vertx vertx) throws Exception {
            return TrustOptions.wrap(manager).getTrustManagerFactory(vertx);
        }

        @Override
        public Function<String, TrustManager[]> trustManagerMapper(Vertx vertx) {
            return name -> new TrustManager[] {manager};
        }
    }

    private record Identity(ClientIdentity manager) implements KeyCertOptions {
        @Override
        public KeyCertOptions copy() {
            return this;
        }

        @Override
        public KeyManagerFactory getKeyManagerFactory(Vertx vertx) throws Exception {
            return KeyCertOptions.wrap(manager).getKeyManagerFactory(vertx);
        }

        @Override
        public Function<String, KeyManagerFactory> keyManagerFactoryMapper(Vertx vertx) throws Exception {
            return KeyCertOptions.wrap(manager).keyManagerFactoryMapper(vertx);
        }
    }
}
