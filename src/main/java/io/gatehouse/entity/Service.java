package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes an upstream API (docs/reference/admin-api.md#entities).
 *
 * @param protocol {@code http}, {@code https}, {@code grpc} or {@code grpcs}; {@code tcp}, {@code tls} or {@code tls_passthrough}
 *     for connections; {@code udp} is stored, not proxied
 * @param host a host name, an address, or the name of an Upstream
 * @param path prefix of every upstream path, starting with a slash
 * @param retries maximum number of retries of a failed request
 * @param connectTimeout milliseconds
 * @param writeTimeout milliseconds between two writes
 * @param readTimeout milliseconds between two reads
 * @param tlsVerify whether the upstream's certificate must be trusted
 * @param tlsVerifyDepth maximum number of intermediate certificates; null for the platform's limit
 * @param caCertificateIds trusted authorities; empty for the platform's
 * @param clientCertificateId the certificate that the gateway presents to the upstream
 */
public record Service(
        UUID id,
        @Nullable String name,
        String protocol,
        String host,
        int port,
        @Nullable String path,
        int retries,
        int connectTimeout,
        int writeTimeout,
        int readTimeout,
        boolean tlsVerify,
        @Nullable Integer tlsVerifyDepth,
        List<UUID> caCertificateIds,
        @Nullable UUID clientCertificateId,
        boolean enabled) {
    public Service {
        caCertificateIds = List.copyOf(caCertificateIds);
    }

    public static Service of(Document document) {
        return new Service(
                document.id(),
                document.optionalString("name"),
                document.string("protocol"),
                document.string("host"),
                (int) document.integer("port"),
                document.optionalString("path"),
                (int) document.integer("retries"),
                (int) document.integer("connect_timeout"),
                (int) document.integer("write_timeout"),
                (int) document.integer("read_timeout"),
                document.flag("tls_verify"),
                document.get("tls_verify_depth") instanceof Number depth ? depth.intValue() : null,
                document.strings("ca_certificates").stream()
                        .map(UUID::fromString)
                        .toList(),
                document.reference("client_certificate"),
                document.flag("enabled"));
    }

    /** Returns whether upstream connections use TLS. */
    public boolean isTls() {
        return protocol.equals("https") || protocol.equals("grpcs") || protocol.equals("tls");
    }
}
