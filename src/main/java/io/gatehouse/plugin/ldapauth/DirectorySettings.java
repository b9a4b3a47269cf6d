package io.gatehouse.plugin.ldapauth;

import io.gatehouse.schema.Document;
import io.gatehouse.schema.Texts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Holds the settings that decide how a password is checked.
 *
 * @param host a name or an address, without brackets
 * @param attribute of the user's entry, which is directly below {@code baseDn}
 */
record DirectorySettings(
        String host,
        int port,
        boolean isLdaps,
        boolean startsTls,
        boolean verifiesHost,
        String baseDn,
        String attribute,
        Duration cacheTtl,
        long timeoutMillis,
        long keepaliveMillis) {
    private static final double MILLIS = 1_000;

    static DirectorySettings of(Document config) {
        String host = config.string("ldap_host");
        return new DirectorySettings(
                host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host,
                (int) config.integer("ldap_port"),
                config.flag("ldaps"),
                config.flag("start_tls"),
                config.flag("verify_ldap_host"),
                config.string("base_dn"),
                config.string("attribute"),
                Duration.ofMillis((long) (config.number("cache_ttl").doubleValue() * MILLIS)),
                config.integer("timeout"),
                config.integer("keepalive"));
    }

    /** Returns the name for the server name indication; null for an address (RFC 6066 §3). */
    @Nullable
    String serverName() {
        return Texts.isAddress(host) ? null : host;
    }
}
