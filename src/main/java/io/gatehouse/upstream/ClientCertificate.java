package io.gatehouse.upstream;

import io.gatehouse.entity.CertifiedKey;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.tls.PemPrivateKey;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Holds the client certificate that the gateway presents to a server. Equal pairs are equal, because they are part of the key of pools.
 *
 * @param certificate the chain in PEM
 * @param key in PEM; must not be logged
 */
public record ClientCertificate(String certificate, String key) implements KeyCertOptions {

    public static ClientCertificate of(CertifiedKey pair) {
        return new ClientCertificate(pair.cert(), pair.key());
    }

    @Override
    public KeyCertOptions copy() {
        return this;
    }

    @Override
    public KeyManagerFactory getKeyManagerFactory(Vertx vertx) throws Exception {
        // The parsers that validated the entity: Vert.x's own PEM parser may read a key differently.
        PrivateKey privateKey = PemPrivateKey.parse(key);
        X509Certificate[] chain = PemCertificate.chain(certificate).toArray(X509Certificate[]::new);
        if (privateKey == null) {
            throw new GeneralSecurityException("the client certificate has no readable key");
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry("gatehouse", privateKey, new char[0], chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory;
    }

    /** Returns null for every name: a client has one certificate. */
    @Override
    public Function<String, @Nullable KeyManagerFactory> keyManagerFactoryMapper(Vertx vertx) {
        return serverName -> null;
    }

    @Override
    public String toString() {
        return "ClientCertificate";
    }
}
