package io.gatehouse.cluster;

import io.gatehouse.cluster.port.Identity;
import io.gatehouse.tls.PemText;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.Set;

/**
 * Mutual TLS for the event bus: every node shows a certificate of the key that the cluster shares, and accepts no other. What
 * travels there, client secrets among it, is for members alone.
 */
final class EventBusTls {
    private EventBusTls() {}

    static void secure(EventBusOptions options, Identity identity) {
        Buffer shown = Buffer.buffer(PemText.of(identity.certificate()));
        options.setSsl(true)
                .setClientAuth(ClientAuth.REQUIRED)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertValue(shown)
                        .addKeyValue(Buffer.buffer(PemText.of(identity.key()))))
                // Another node's certificate is another, but of the same name and key, which is what trust goes by.
                .setTrustOptions(new PemTrustOptions().addCertValue(shown));
    }
}
