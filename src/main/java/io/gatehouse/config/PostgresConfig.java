package io.gatehouse.config;

import org.jspecify.annotations.Nullable;

/**
 * The database.
 *
 * @param url {@code postgresql://host:port/database}, free of secrets; null starts an embedded PostgreSQL in the data
 *     directory
 * @param poolSize connections this node may hold
 * @param embedded whether this process itself runs the server
 */
public record PostgresConfig(
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        int poolSize,
        boolean embedded) {

    /** A server that somebody else runs. */
    public PostgresConfig(@Nullable String url, @Nullable String user, @Nullable String password, int poolSize) {
        this(url, user, password, poolSize, false);
    }

    /** The same settings pointing at another server: where the embedded one came to listen. */
    public PostgresConfig at(String newUrl, String newUser, String newPassword) {
        return new PostgresConfig(newUrl, newUser, newPassword, poolSize, true);
    }

    @Override
    public String toString() {
        return "PostgresConfig[url=" + url + ", poolSize=" + poolSize + ", embedded=" + embedded + "]";
    }
}
