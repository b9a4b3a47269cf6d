package io.gatehouse.config;

import org.jspecify.annotations.Nullable;

/**
 * The database.
 *
 * @param url {@code postgresql://host:port/database}; null starts an embedded PostgreSQL in the data directory
 * @param poolSize connections this node may hold
 */
public record PostgresConfig(
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        int poolSize) {

    /** The same settings pointing at another server: where the embedded one came to listen. */
    public PostgresConfig at(String newUrl, String newUser, String newPassword) {
        return new PostgresConfig(newUrl, newUser, newPassword, poolSize);
    }

    @Override
    public String toString() {
        return "PostgresConfig[url=" + url + ", poolSize=" + poolSize + "]";
    }
}
