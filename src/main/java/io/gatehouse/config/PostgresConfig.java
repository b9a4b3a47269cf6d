package io.gatehouse.config;

import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The database. The pool, the connection that listens and the migrations all connect with this record.
 *
 * @param url {@code postgresql://host:port/database}, free of secrets and parameters; null starts an embedded PostgreSQL in
 *     the data directory
 * @param poolSize connections this node may hold
 * @param embedded whether this process itself runs the server
 * @param parameters settings that the session starts with, by PostgreSQL's names
 */
public record PostgresConfig(
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        int poolSize,
        boolean embedded,
        PostgresTls tls,
        Map<String, String> parameters) {
    private static final String DEFAULT_USER = "postgres";

    public PostgresConfig {
        parameters = Map.copyOf(parameters);
    }

    /** A server that another process runs, with TLS where that server has it. */
    public PostgresConfig(@Nullable String url, @Nullable String user, @Nullable String password, int poolSize) {
        this(url, user, password, poolSize, false, PostgresTls.PREFERRED, Map.of());
    }

    /** The same settings pointing at the embedded server, which listens on loopback only and has no TLS. */
    public PostgresConfig at(String newUrl, String newUser, String newPassword) {
        return new PostgresConfig(newUrl, newUser, newPassword, poolSize, true, PostgresTls.DISABLED, parameters);
    }

    private URI uri() {
        return URI.create(Objects.requireNonNull(url));
    }

    /** The name or address of the server's host; an IPv6 address without brackets. */
    public String host() {
        String host = uri().getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    public int port() {
        return uri().getPort();
    }

    public String database() {
        return uri().getPath().substring(1);
    }

    /** The role to log in as. */
    public String role() {
        return user == null ? DEFAULT_USER : user;
    }

    @Override
    public String toString() {
        return "PostgresConfig[url=" + url + ", poolSize=" + poolSize + ", embedded=" + embedded + ", tls=" + tls + "]";
    }
}
