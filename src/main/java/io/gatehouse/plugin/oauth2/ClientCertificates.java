package io.gatehouse.plugin.oauth2;

import io.gatehouse.oauth.CertificateProfile;
import io.gatehouse.oauth.PresentedCertificate;
import io.gatehouse.plugin.Exchange;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the certificate of a client's TLS connection from the headers in which the peer that ends TLS forwards it (RFC 9440 §2).
 *
 * <p><i>Invariant</i>: the headers count only from a peer in {@code proxy.trusted-ips}. Of another peer, they are removed from the
 * forwarded request.
 *
 * <p>The certificate is decoded and not parsed.
 */
final class ClientCertificates {
    private static final String LEAF = "client-cert";
    private static final String CHAIN = "client-cert-chain";
    private static final List<String> NAMES = List.of(LEAF, CHAIN);

    private ClientCertificates() {}

    /** The certificate of the client; null if it has none, or if the headers are malformed. */
    static @Nullable PresentedCertificate of(Exchange exchange) {
        if (!exchange.isTrustedPeer()) {
            return null;
        }
        List<String> values = exchange.headers(LEAF);
        String leaf = values.size() == 1 ? bytes(values.get(0)) : null;
        List<String> chain = leaf == null ? null : chain(exchange.headers(CHAIN));
        return leaf == null || chain == null ? null : new PresentedCertificate(leaf, chain);
    }

    private static @Nullable List<String> chain(List<String> values) {
        String list = String.join(",", values);
        if (list.isBlank()) {
            // A balancer without further certificates may send the field with an empty list (RFC 8941 §4.2).
            return List.of();
        }
        List<String> chain = new ArrayList<>();
        for (String item : list.split(",", -1)) {
            String one = bytes(item);
            if (one == null || chain.size() == CertificateProfile.MAX_CHAIN) {
                return null;
            }
            chain.add(one);
        }
        return chain;
    }

    /** The base64 of a byte sequence (RFC 8941 §3.3.5); null if it is malformed. */
    private static @Nullable String bytes(String item) {
        String text = item.trim();
        int last = text.length() - 1;
        if (last < 2 || last > CertificateProfile.MAX_LENGTH + 1 || text.charAt(0) != ':' || text.charAt(last) != ':') {
            return null;
        }
        String base64 = text.substring(1, last);
        try {
            return Base64.getDecoder().decode(base64).length == 0 ? null : base64;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    /**
     * Forwards the headers of a trusted peer to the upstream, as set by the plugin: caches then compare them. Removes those of another
     * peer and, of each peer, those with underscores and in trailers, which a client may have sent and some servers read as the same.
     */
    static void forward(Exchange exchange) {
        for (String name : NAMES) {
            List<String> sent = exchange.isTrustedPeer() ? exchange.upstreamHeaders(name) : List.of();
            exchange.hideHeader(name);
            if (!sent.isEmpty()) {
                exchange.upstreamHeader(name, String.join(", ", sent));
            }
        }
    }
}
