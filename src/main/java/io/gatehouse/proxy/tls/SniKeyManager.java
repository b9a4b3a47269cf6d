package io.gatehouse.proxy.tls;

import io.gatehouse.proxy.exchange.ServerName;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the certificate of a TLS handshake by the server name, or the default one if there is none for the name.
 *
 * <p><i>Threading</i>: new certificates are published with one write. The next handshake uses them.
 *
 * <p><i>Why</i>: one TLS context serves all names. With a context for each name, clients could create any number of them.
 */
public final class SniKeyManager extends X509ExtendedKeyManager {
    private final DefaultCertificate fallback;
    private volatile ServerCertificates certificates = ServerCertificates.NONE;
    /** The previous certificates, for a handshake that has chosen an alias and not yet read its key. */
    private volatile ServerCertificates previous = ServerCertificates.NONE;

    public SniKeyManager(DefaultCertificate fallback) {
        this.fallback = fallback;
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
        return now.has(name) ? null : fallback.alias(keyType, issuers);
    }

    private ServerCertificates.@Nullable Entry entry(String alias) {
        ServerCertificates.Entry entry = certificates.byAlias(alias);
        return entry == null ? previous.byAlias(alias) : entry;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        ServerCertificates.Entry entry = entry(alias);
        return entry == null ? fallback.chain(alias) : entry.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        ServerCertificates.Entry entry = entry(alias);
        return entry == null ? fallback.key(alias) : entry.key();
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = fallback.alias(keyType, issuers);
        return alias == null ? null : new String[] {alias};
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
