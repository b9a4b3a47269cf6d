package io.gatehouse.launch.settings;

import io.gatehouse.config.Role;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Names a node for operators: its host name, which in Kubernetes is the pod's, and its roles. */
public final class NodeName {
    /** Longest DNS name. */
    private static final int MAX_HOST = 253;

    private NodeName() {}

    /** Returns a name such as {@code gatehouse-0/admin+token-issuer}. Blocks if the environment has no HOSTNAME. */
    public static String of(Set<Role> roles, Map<String, String> environment) {
        String host = environment.getOrDefault("HOSTNAME", "");
        // The name is an element of a header's list, so it must not contain separators.
        String written = (host.isBlank() ? local() : host).replaceAll("[^A-Za-z0-9._-]", "-");
        return written.substring(0, Math.min(written.length(), MAX_HOST))
                + roles.stream().sorted().map(Role::configName).collect(Collectors.joining("+", "/", ""));
    }

    private static String local() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }
}
