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
 * Mutual TLS for the event bus: every node shows a certificate of the key that the cluster shares, and accepts no other. What
 * travels there, client secrets among it, is for members alone.
 */
final class EventBusTls {
    private static final int PEM_LINE = 64;

    private EventBusTls() {}

    static void secure(EventBusOptions options, Identity identity) {
        Buffer shown = pem("CERTIFICATE", encoded(identity));
        options.setSsl(true)
                .setClientAuth(ClientAuth.REQUIRED)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertValue(shown)
                        .addKeyValue(pem("PRIVATE KEY", identity.key().getEncoded())))
                // Another node's certificate is another, but of the same name and key, which is what trust goes by.
                .setTrustOptions(new PemTrustOptions().addCertValue(shown));
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
