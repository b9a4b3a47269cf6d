package io.gatehouse.proxy.tls;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Holds the certificate for server names that have none of their own. The listeners of a node share it, and a renewed certificate
 * replaces it while they serve.
 *
 * <p><i>Threading</i>: any thread may renew it; a renewed certificate is published with one write. The next handshake uses it.
 */
public final class DefaultCertificate {
    /** One certificate with its key. Only its own aliases begin with {@code prefix}. */
    private record Generation(String prefix, X509KeyManager keys) {}

    private final Vertx vertx;
    private volatile Generation current;
    /** For a handshake that has chosen an alias and not yet read its key. */
    private volatile @Nullable Generation previous;

    private int renewals;

    /**
     * Holds a certificate. Blocks for a few milliseconds.
     *
     * @param certificate the chain in PEM, the server's certificate first
     * @param key its private key in PEM, not encrypted
     * @throws IllegalArgumentException if one of them is malformed
     */
    public DefaultCertificate(Vertx vertx, String certificate, String key) {
        this.vertx = vertx;
        this.current = new Generation(prefix(0), keys(vertx, certificate, key));
    }

    /** Replaces the certificate as the constructor sets it. After a failure, the listeners keep the one that they have. */
    public synchronized void renew(String certificate, String key) {
        X509KeyManager keys = keys(vertx, certificate, key);
        renewals++;
        previous = current;
        current = new Generation(prefix(renewals), keys);
    }

    private static String prefix(int renewal) {
        return "default-" + renewal + ":";
    }

    private static X509KeyManager keys(Vertx vertx, String certificate, String key) {
        try {
            for (KeyManager manager : new PemKeyCertOptions()
                    .setCertValue(Buffer.buffer(certificate))
                    .setKeyValue(Buffer.buffer(key))
                    .getKeyManagerFactory(vertx)
                    .getKeyManagers()) {
                if (manager instanceof X509KeyManager x509) {
                    return x509;
                }
            }
        } catch (Exception e) {
            throw new IllegalArgumentException("the certificate or its key is malformed", e);
        }
        throw new IllegalStateException("the key manager factory has no X509KeyManager");
    }

    /** Returns the alias for a handshake, or null if the certificate has another type of key. */
    @Nullable
    String alias(String keyType, Principal @Nullable [] issuers) {
        Generation now = current;
        String alias = now.keys().chooseServerAlias(keyType, issuers, null);
        return alias == null ? null : now.prefix() + alias;
    }

    X509Certificate @Nullable [] chain(String alias) {
        Generation generation = of(alias);
        return generation == null ? null : generation.keys().getCertificateChain(own(alias, generation));
    }

    @Nullable
    PrivateKey key(String alias) {
        Generation generation = of(alias);
        return generation == null ? null : generation.keys().getPrivateKey(own(alias, generation));
    }

    private static String own(String alias, Generation generation) {
        return alias.substring(generation.prefix().length());
    }

    private @Nullable Generation of(String alias) {
        Generation now = current;
        if (alias.startsWith(now.prefix())) {
            return now;
        }
        Generation before = previous;
        return before != null && alias.startsWith(before.prefix()) ? before : null;
    }
}
