package io.gatehouse.proxy.tls;

import io.gatehouse.config.ProxyConfig;
import io.gatehouse.proxy.exchange.ServerName;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the certificate of a TLS handshake by the server name, or the default one if there is none for the name.
 *
 * <p><i>Threading</i>: new certificates are published with one write. The next handshake uses them.
 *
 * <p><i>Why</i>: one TLS context serves all names. With a context for each name, clients could create any number of them.
 */
public final class SniKeyManager extends X509ExtendedKeyManager {
    private final X509KeyManager fallback;
    private volatile ServerCertificates certificates = ServerCertificates.NONE;
    /** The previous certificates, for a handshake that has chosen an alias and not yet read its key. */
    private volatile ServerCertificates previous = ServerCertificates.NONE;

    private SniKeyManager(X509KeyManager fallback) {
        this.fallback = fallback;
    }

    /** Returns a key manager whose default certificate is that of the proxy. Reads files, so it must not run on an event loop. */
    public static SniKeyManager of(Vertx vertx, ProxyConfig config) throws Exception {
        KeyManagerFactory factory = new PemKeyCertOptions()
                .setCertPath(Objects.requireNonNull(config.certificate()).toString())
                .setKeyPath(Objects.requireNonNull(config.certificateKey()).toString())
                .getKeyManagerFactory(vertx);
        for (KeyManager manager : factory.getKeyManagers()) {
            if (manager instanceof X509KeyManager x509) {
                return new SniKeyManager(x509);
            }
        }
        throw new IllegalStateException("the key manager factory has no X509KeyManager");
    }

    public void use(ServerCertificates newCertificates) {
        previous = certificates;
        certificates = newCertificates;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        String name = engine == null ? null : ServerName.of(engine.getHandshakeSession());
        ServerCertificates now = certificates;
        ServerCertificates.Entry entry = now.find(name, keyType);
        if (entry != null) {
            return entry.alias();
        }
        // The certificate for the name has another type of key, which JSSE asks for next.
        return now.has(name) ? null : fallback.chooseServerAlias(keyType, issuers, null);
    }

    private ServerCertificates.@Nullable Entry entry(String alias) {
        ServerCertificates.Entry entry = certificates.byAlias(alias);
        return entry == null ? previous.byAlias(alias) : entry;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        ServerCertificates.Entry entry = entry(alias);
        return entry == null
                ? fallback.getCertificateChain(alias)
                : entry.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        ServerCertificates.Entry entry = entry(alias);
        return entry == null ? fallback.getPrivateKey(alias) : entry.key();
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return fallback.getServerAliases(keyType, issuers);
    }

    /** Throws, because this is a server's key manager. */
    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
