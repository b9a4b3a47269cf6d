package io.gatehouse.launch.settings;

import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.ProxyConfig;
import io.gatehouse.config.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks keys that depend on each other. Keys of a role that the node does not have are not checked. */
final class ConfigRules {
    private static final int MIN_SECRET_CHARS = 16;
    private static final String ENABLE = "set cluster.enabled (GATEHOUSE_CLUSTER_ENABLED) to true";

    private ConfigRules() {}

    static void check(GatehouseConfig config) throws ConfigException {
        if (config.roles().contains(Role.PROXY)) {
            checkProxy(config.proxy());
        }
        if (config.roles().contains(Role.ADMIN)) {
            checkAdmin(config.admin());
        }
        checkCluster(config.cluster());
        checkMembership(config);
        checkAddresses(config);
    }

    private static void checkProxy(ProxyConfig proxy) throws ConfigException {
        if (proxy.http() == null && proxy.https() == null && proxy.streams().isEmpty()) {
            throw new ConfigException(
                    "proxy.http, proxy.https and proxy.stream are off, expected a listener for the role proxy");
        }
        if ((proxy.certificate() == null) != (proxy.certificateKey() == null)) {
            boolean keyMissing = proxy.certificateKey() == null;
            throw new ConfigException((keyMissing ? "proxy.certificate-key" : "proxy.certificate")
                    + " is not set, expected it together with "
                    + (keyMissing ? "proxy.certificate" : "proxy.certificate-key"));
        }
        checkReadable("proxy.certificate", proxy.certificate());
        checkReadable("proxy.certificate-key", proxy.certificateKey());
    }

    private static void checkReadable(String key, @Nullable Path file) throws ConfigException {
        if (file != null && !(Files.isRegularFile(file) && Files.isReadable(file))) {
            throw new ConfigException(key + ": " + file + " cannot be read, expected a PEM file");
        }
    }

    /** Requires authentication beyond loopback: a caller of an Admin API without a token controls the gateway. */
    private static void checkAdmin(AdminConfig admin) throws ConfigException {
        AdminConfig.Tls tls = admin.tls();
        if (tls != null) {
            checkReadable("admin.certificate", tls.certificate());
            checkReadable("admin.certificate-key", tls.certificateKey());
            checkReadable("admin.client-authorities", tls.clientAuthorities());
        }
        if (!admin.http().isLoopback() && !admin.isGuarded() && !admin.insecure()) {
            throw new ConfigException(
                    "admin.http is " + admin.http() + ", which other machines reach, and no admin.token"
                            + " is set: set admin.token (GATEHOUSE_ADMIN_TOKEN or GATEHOUSE_ADMIN_TOKEN_FILE) or admin.client-authorities, bind to 127.0.0.1,"
                            + " or set admin.insecure to true");
        }
    }

    private static void checkCluster(ClusterConfig cluster) throws ConfigException {
        if (!cluster.members().isEmpty() && cluster.kubernetesService() != null) {
            throw new ConfigException(
                    "cluster.members and cluster.kubernetes-service are both set, expected only one of them");
        }
        if (cluster.secret() != null && cluster.secret().length() < MIN_SECRET_CHARS) {
            throw new ConfigException("cluster.secret is shorter than " + MIN_SECRET_CHARS
                    + " characters and could be guessed, expected random ones, such as openssl rand -hex 32 prints");
        }
        if (cluster.enabled() && cluster.bind().isWildcard()) {
            throw new ConfigException("cluster.bind is " + cluster.bind() + ", which is no address that other nodes can"
                    + " connect to, expected an address of this machine");
        }
        if (cluster.enabled() && cluster.secret() == null && !cluster.bind().isLoopback()) {
            throw new ConfigException("cluster.bind is " + cluster.bind() + ", which other machines reach, and no"
                    + " cluster.secret is set: set cluster.secret (GATEHOUSE_CLUSTER_SECRET or"
                    + " GATEHOUSE_CLUSTER_SECRET_FILE), or bind to 127.0.0.1");
        }
    }

    /** Reports a node that would wait for members for ever, or use the database beside a cluster, because it joins none. */
    private static void checkMembership(GatehouseConfig config) throws ConfigException {
        ClusterConfig cluster = config.cluster();
        if (cluster.enabled()) {
            return;
        }
        if (!cluster.members().isEmpty() || cluster.kubernetesService() != null) {
            String key = cluster.kubernetesService() == null ? "cluster.members" : "cluster.kubernetes-service";
            throw new ConfigException(key + " is set, but cluster.enabled is false: " + ENABLE);
        }
        if (!config.usesDatabase()) {
            throw new ConfigException("roles is proxy, which needs other nodes, but cluster.enabled is false: " + ENABLE
                    + ", or add the roles admin and token-issuer");
        }
    }

    /**
     * Reports two listeners with one address.
     *
     * <p><i>Why</i>: Vert.x's servers of one address share its port. Each connection would reach one of them in turn, so every second
     * client of a proxy the Admin API.
     */
    private static void checkAddresses(GatehouseConfig config) throws ConfigException {
        Map<ListenAddress, String> keys = new HashMap<>();
        for (Listener listener : listeners(config)) {
            String other = keys.put(listener.address(), listener.key());
            if (other != null) {
                throw new ConfigException(other + " and " + listener.key() + " are both " + listener.address()
                        + ", expected another address for each");
            }
        }
    }

    private record Listener(String key, ListenAddress address) {}

    /** Returns the listeners of this node that have a port of their own in the configuration. */
    private static List<Listener> listeners(GatehouseConfig config) {
        List<Listener> listeners = new ArrayList<>();
        if (config.roles().contains(Role.PROXY)) {
            add(listeners, "proxy.http", config.proxy().http());
            add(listeners, "proxy.https", config.proxy().https());
            config.proxy().streams().forEach(stream -> add(listeners, "proxy.stream", stream.address()));
        }
        if (config.roles().contains(Role.ADMIN)) {
            add(listeners, "admin.http", config.admin().http());
        }
        add(listeners, "status.http", config.status().http());
        if (config.cluster().enabled()) {
            add(listeners, "cluster.bind", config.cluster().bind());
        }
        return listeners;
    }

    private static void add(List<Listener> listeners, String key, @Nullable ListenAddress address) {
        if (address != null && address.port() > 0) {
            listeners.add(new Listener(key, address));
        }
    }
}
