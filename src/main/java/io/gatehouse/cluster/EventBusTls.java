package io.gatehouse.cluster;

import io.gatehouse.cluster.port.Identity;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.Set;

/**
 * Configures mutual TLS for the event bus. Every node presents a certificate of the cluster's key and accepts no other key.
 *
 * <p><i>Why</i>: the event bus carries client secrets and tokens.
 */
final class EventBusTls {
    private static final int PEM_LINE = 64;

    private EventBusTls() {}

    static void secure(EventBusOptions options, Identity identity) {
        Buffer certificate = pem("CERTIFICATE", encoded(identity));
        options.setSsl(true)
                .setClientAuth(ClientAuth.REQUIRED)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertValue(certificate)
                        .addKeyValue(pem("PRIVATE KEY", identity.key().getEncoded())))
                // Nodes' certificates differ, but have the same name and key, which are what a trust anchor consists
                // of.
                .setTrustOptions(new PemTrustOptions().addCertValue(certificate));
    }

    private static byte[] encoded(Identity identity) {
        try {
            return identity.certificate().getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("the certificate was encoded before", e);
        }
    }

    private static Buffer pem(String type, byte[] content) {
        String base64 = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'}).encodeToString(content);
        return Buffer.buffer("-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
    }
}
