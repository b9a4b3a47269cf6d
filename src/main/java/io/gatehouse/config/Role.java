package io.gatehouse.config;

import java.util.Locale;

/** What a node does; it may do any set of these. */
public enum Role {
    /** Forwards traffic: the data plane. */
    PROXY,
    /** Serves the Admin API. */
    ADMIN,
    /** Issues tokens and answers what proxies ask about them. */
    TOKEN_ISSUER;

    /** The name in configuration, such as {@code token-issuer}. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the role reads and writes PostgreSQL. Proxies sit at the edge and never do. */
    public boolean usesDatabase() {
        return this != PROXY;
    }
}
