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
 * Configures mutual TLS for the event bus. Every node presents a certificate of the cluster's key and accepts no other key.
 *
 * <p><i>Why</i>: the event bus carries client secrets and tokens.
 */
final class EventBusTls {
    private EventBusTls() {}

    static void secure(EventBusOptions options, Identity identity) {
        Buffer certificate = Buffer.buffer(PemText.of(identity.certificate()));
        options.setSsl(true)
                .setClientAuth(ClientAuth.REQUIRED)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertValue(certificate)
                        .addKeyValue(Buffer.buffer(PemText.of(identity.key()))))
                // Nodes' certificates differ, but have the same name and key, which are what a trust anchor consists
                // of.
                .setTrustOptions(new PemTrustOptions().addCertValue(certificate));
    }
}
