package io.gatehouse.config;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Configures the database. The pool, the LISTEN connection and the migrations all connect with this record.
 *
 * @param url {@code postgresql://host:port/database}, without secrets and parameters; null starts an embedded PostgreSQL in
 *     the data directory
 * @param poolSize most connections of this node
 * @param embedded whether this process runs the server
 * @param parameters session settings by PostgreSQL's names
 * @param startWait how long a node that starts waits for a server that is not reachable
 */
public record PostgresConfig(
        @Nullable String url,
        @Nullable String user,
        @Nullable String password,
        int poolSize,
        boolean embedded,
        PostgresTls tls,
        Map<String, String> parameters,
        Duration startWait) {
    private static final String DEFAULT_USER = "postgres";

    public PostgresConfig {
        parameters = Map.copyOf(parameters);
    }

    /** Creates the configuration of a server for which a start does not wait. */
    public PostgresConfig(
            @Nullable String url,
            @Nullable String user,
            @Nullable String password,
            int poolSize,
            boolean embedded,
            PostgresTls tls,
            Map<String, String> parameters) {
        this(url, user, password, poolSize, embedded, tls, parameters, Duration.ZERO);
    }

    /** Creates the configuration of an external server, with TLS if that server supports it. */
    public PostgresConfig(@Nullable String url, @Nullable String user, @Nullable String password, int poolSize) {
        this(url, user, password, poolSize, false, PostgresTls.PREFERRED, Map.of());
    }

    /** Returns the same settings for the embedded server, which listens on loopback only and has no TLS. */
    public PostgresConfig at(String newUrl, String newUser, String newPassword) {
        return new PostgresConfig(newUrl, newUser, newPassword, poolSize, true, PostgresTls.DISABLED, parameters);
    }

    /** Returns the same database with another password and other certificates. */
    public PostgresConfig withCredentials(@Nullable String newPassword, PostgresTls newTls) {
        return new PostgresConfig(url, user, newPassword, poolSize, embedded, newTls, parameters, startWait);
    }

    private URI uri() {
        return URI.create(Objects.requireNonNull(url));
    }

    /** Returns the server's host name or address; an IPv6 address is without brackets. */
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

    /** Returns the role to log in as. */
    public String role() {
        return user == null ? DEFAULT_USER : user;
    }

    @Override
    public String toString() {
        return "PostgresConfig[url=" + url + ", poolSize=" + poolSize + ", embedded=" + embedded + ", tls=" + tls + "]";
    }
}
