package io.gatehouse.cluster.port;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Configures TLS 1.3 between members. Each peer presents the cluster's public key and proves that it has the private one. */
final class MemberTls {
    private static final String[] VERSIONS = {"TLSv1.3"};
    private static final String[] CIPHERS = {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
    };

    private final SSLContext context;

    MemberTls(Identity identity) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] password = new char[0];
            store.setKeyEntry("member", identity.key(), password, new X509Certificate[] {identity.certificate()});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            context = SSLContext.getInstance("TLS");
            context.init(
                    keys.getKeyManagers(),
                    new TrustManager[] {new SameKey(identity.certificate().getPublicKey())},
                    null);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java runtime has TLS 1.3", e);
        }
    }

    SSLContext context() {
        return context;
    }

    /**
     * Creates an engine whose handshake has begun. It has no peer name, so no session is resumed and each handshake proves the
     * key.
     */
    SSLEngine engine(boolean client) throws IOException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        engine.setEnabledProtocols(VERSIONS);
        engine.setEnabledCipherSuites(CIPHERS);
        if (!client) {
            engine.setNeedClientAuth(true);
        }
        engine.beginHandshake();
        return engine;
    }

    /** Reports that the peer has another key: it belongs to another cluster or to none. */
    static final class OtherKey extends CertificateException {
        private static final long serialVersionUID = 1L;

        OtherKey() {
            super("another key");
        }
    }

    /** Trusts one public key, and ignores issuer and dates of the certificate. The handshake itself proves the private key. */
    private static final class SameKey extends X509ExtendedTrustManager {
        private final byte[] own;

        SameKey(PublicKey own) {
            this.own = own.getEncoded();
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            if (chain.length == 0
                    || !MessageDigest.isEqual(own, chain[0].getPublicKey().getEncoded())) {
                throw new OtherKey();
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
