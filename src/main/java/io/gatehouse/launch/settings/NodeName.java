package io.gatehouse.launch.settings;

import io.gatehouse.config.Role;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What operators call a node: the name of its host, which in Kubernetes is its pod's, and its roles. */
public final class NodeName {
    /** As long as a DNS name may be. */
    private static final int MAX_HOST = 253;

    private NodeName() {}

    /** Such as {@code gatehouse-0/admin+token-issuer}. Blocks where the environment does not name the host. */
    public static String of(Set<Role> roles, Map<String, String> environment) {
        String host = environment.getOrDefault("HOSTNAME", "");
        // It becomes part of a header's value that is a list.
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
