package io.gatehouse.config;

import java.util.Locale;

/** Lists the roles of a node. A node may have any set of them. */
public enum Role {
    /** Forwards traffic: the data plane. */
    PROXY,
    /** Serves the Admin API. */
    ADMIN,
    /** Issues tokens and serves the credential lookups of proxies. */
    TOKEN_ISSUER;

    /** Returns the name in the configuration, such as {@code token-issuer}. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns whether the role reads and writes PostgreSQL. Proxies never do. */
    public boolean usesDatabase() {
        return this != PROXY;
    }
}
