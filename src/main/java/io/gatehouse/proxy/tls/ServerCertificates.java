package io.gatehouse.proxy.tls;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.CertifiedKey;
import io.gatehouse.entity.Sni;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.tls.PemPrivateKey;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Maps server names to certificates, as configured.
 *
 * <p><i>Threading</i>: immutable.
 */
public final class ServerCertificates {
    public static final ServerCertificates NONE = new ServerCertificates(Map.of(), Map.of());

    /** One key with its chain. {@code alias} is unique in the process. */
    record Entry(String alias, PrivateKey key, List<X509Certificate> chain) {
        @Override
        public String toString() {
            return "Entry[" + alias + "]";
        }
    }

    private final Map<String, List<Entry>> byName;
    private final Map<String, Entry> byAlias;

    private ServerCertificates(Map<String, List<Entry>> byName, Map<String, Entry> byAlias) {
        this.byName = byName;
        this.byAlias = byAlias;
    }

    public static ServerCertificates of(Catalog catalog) {
        Map<UUID, List<Entry>> byCertificate = new HashMap<>();
        Map<String, List<Entry>> byName = new HashMap<>();
        Map<String, Entry> byAlias = new HashMap<>();
        for (Sni sni : catalog.snis()) {
            catalog.certificate(sni.certificateId()).ifPresent(certificate -> {
                List<Entry> entries = byCertificate.computeIfAbsent(certificate.id(), first -> entries(certificate));
                byName.put(sni.name().toLowerCase(Locale.ROOT), entries);
                entries.forEach(entry -> byAlias.put(entry.alias(), entry));
            });
        }
        return new ServerCertificates(Map.copyOf(byName), Map.copyOf(byAlias));
    }

    private static List<Entry> entries(CertifiedKey certificate) {
        List<Entry> entries = new ArrayList<>(2);
        add(entries, certificate.cert(), certificate.key());
        if (certificate.certAlt() != null && certificate.keyAlt() != null) {
            add(entries, certificate.certAlt(), certificate.keyAlt());
        }
        return List.copyOf(entries);
    }

    private static void add(List<Entry> entries, String cert, String key) {
        PrivateKey privateKey = PemPrivateKey.parse(key);
        List<X509Certificate> chain = PemCertificate.chain(cert);
        if (privateKey != null && !chain.isEmpty()) {
            entries.add(new Entry(PemCertificate.digest(chain.get(0)), privateKey, chain));
        }
    }

    /**
     * Returns the key for a name: of the certificate for exactly that name, otherwise for a wildcard as its first label, otherwise
     * as its last label, otherwise for any name ({@code *}).
     *
     * @param keyType JSSE's name of the key's algorithm
     */
    @Nullable
    Entry find(@Nullable String serverName, String keyType) {
        List<Entry> entries = null;
        if (serverName != null) {
            String name = serverName.toLowerCase(Locale.ROOT);
            int first = name.indexOf('.');
            int last = name.lastIndexOf('.');
            entries = byName.get(name);
            entries = entries == null && first > 0 ? byName.get("*" + name.substring(first)) : entries;
            entries = entries == null && last > 0 ? byName.get(name.substring(0, last) + ".*") : entries;
        }
        entries = entries == null ? byName.get("*") : entries;
        if (entries != null) {
            for (Entry entry : entries) {
                if (entry.key().getAlgorithm().equals(keyType)) {
                    return entry;
                }
            }
        }
        return null;
    }

    /** Returns when the first of the certificates expires; null if there is none. */
    public @Nullable Instant end() {
        return byAlias.values().stream()
                .map(entry -> entry.chain().get(0).getNotAfter().toInstant())
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** Whether there is a certificate for the name, with any type of key. */
    boolean has(@Nullable String serverName) {
        return find(serverName, "RSA") != null || find(serverName, "EC") != null || find(serverName, "EdDSA") != null;
    }

    @Nullable
    Entry byAlias(String alias) {
        return byAlias.get(alias);
    }
}
