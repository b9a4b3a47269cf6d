package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.launch.settings.ConfigLoader;
import io.gatehouse.testing.Pem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Loads the configuration of a node from its pod: variables, ConfigMaps and Secrets. */
final class PodConfiguration {
    static final String POD_IP = "10.1.2.3";

    /** Secrets that the operator of the production overlay creates. */
    static final Map<String, Map<String, String>> BROUGHT = Map.of(
            "gatehouse-postgres",
                    Map.of(
                            "url", "postgresql://db.example:5432/gatehouse",
                            "user", "gatehouse",
                            "password", "secret",
                            "ca.crt", Pem.read("authority.pem")),
            "gatehouse-owner", Map.of("user", "owner", "password", "of the owner"),
            "gatehouse-cluster", Map.of("secret", "a-secret-of-the-members"),
            "gatehouse-admin", Map.of("token", "letmein"),
            "gatehouse-db-app", Map.of("username", "gatehouse", "password", "secret"),
            "gatehouse-db-ca", Map.of("ca.crt", Pem.read("authority.pem")),
            "gatehouse-proxy-tls", Map.of("tls.crt", "a certificate", "tls.key", "its key"),
            "gatehouse-admin-tls",
                    Map.of("tls.crt", "a certificate", "tls.key", "its key", "ca.crt", Pem.read("authority.pem")));

    private final Manifests manifests;
    private final Path root;

    /** {@code root} replaces the root of the container's file system. */
    PodConfiguration(Manifests manifests, Path root) {
        this.manifests = manifests;
        this.root = root;
    }

    /** Returns the configuration of a container, or fails with the error line that an operator would read. */
    GatehouseConfig of(JsonNode workload, JsonNode container) {
        Map<String, String> environment = environment(container);
        mountSecrets(workload, container);
        environment.replaceAll((name, value) ->
                value.startsWith("/etc/") ? root + value : value.replace("=/etc/", "=" + root + "/etc/"));
        try {
            return new ConfigLoader(environment, root).load(null).config();
        } catch (ConfigException e) {
            throw new AssertionError(Manifests.name(workload) + ": " + e.getMessage(), e);
        }
    }

    GatehouseConfig of(JsonNode node) {
        return of(node, Manifests.container(node));
    }

    /** Returns the ports that a node with this configuration listens on. */
    static Set<Integer> listening(GatehouseConfig config) {
        boolean proxy = config.roles().contains(Role.PROXY);
        Set<Integer> ports = new TreeSet<>();
        Stream.<@Nullable ListenAddress>of(
                        config.status().http(),
                        config.cluster().bind(),
                        proxy ? config.proxy().http() : null,
                        proxy ? config.proxy().https() : null,
                        config.roles().contains(Role.ADMIN) ? config.admin().http() : null)
                .filter(Objects::nonNull)
                .forEach(address -> ports.add(Objects.requireNonNull(address).port()));
        ports.addAll(streams(config));
        return ports;
    }

    /** Returns the ports of a proxy for connections that are not HTTP. */
    static List<Integer> streams(GatehouseConfig config) {
        return config.roles().contains(Role.PROXY)
                ? config.proxy().streams().stream()
                        .map(listener -> listener.address().port())
                        .toList()
                : List.of();
    }

    private Map<String, String> environment(JsonNode container) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (JsonNode from : container.path("envFrom")) {
            manifests
                    .document("ConfigMap", Manifests.text(from, "/configMapRef/name"))
                    .path("data")
                    .properties()
                    .forEach(entry ->
                            environment.put(entry.getKey(), entry.getValue().asText()));
        }
        for (JsonNode variable : container.path("env")) {
            // Kubernetes expands variables that are defined before.
            String value = value(variable);
            for (Map.Entry<String, String> before : environment.entrySet()) {
                value = value.replace("$(" + before.getKey() + ")", before.getValue());
            }
            environment.put(variable.path("name").asText(), value);
        }
        return environment;
    }

    private String value(JsonNode variable) {
        JsonNode secret = variable.at("/valueFrom/secretKeyRef");
        if (secret.isObject()) {
            return secret(secret.path("name").asText(), secret.path("key").asText());
        }
        return switch (Manifests.text(variable, "/valueFrom/fieldRef/fieldPath")) {
            case "status.podIP" -> POD_IP;
            case "metadata.labels['topology.kubernetes.io/zone']" -> "europe-1a";
            default -> variable.path("value").asText();
        };
    }

    private String secret(String name, String key) {
        List<JsonNode> made = manifests.ofKind("Secret").stream()
                .filter(secret -> Manifests.name(secret).equals(name))
                .toList();
        String value = made.isEmpty()
                ? BROUGHT.getOrDefault(name, Map.of()).get(key)
                : new String(
                        Base64.getDecoder()
                                .decode(made.get(0).path("data").path(key).asText()),
                        StandardCharsets.UTF_8);
        assertThat(value).as("key %s of the Secret %s", key, name).isNotEmpty();
        return Objects.requireNonNull(value);
    }

    private void mountSecrets(JsonNode workload, JsonNode container) {
        for (JsonNode mount : container.path("volumeMounts")) {
            JsonNode volume = Manifests.items(Manifests.pod(workload).path("volumes"))
                    .filter(candidate -> candidate.path("name").equals(mount.path("name")))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(Manifests.name(workload) + " has no volume for " + mount));
            Path directory = root.resolve(mount.path("mountPath").asText().substring(1));
            mount(directory, Manifests.text(volume, "/secret/secretName"), volume.at("/secret/items"));
            for (JsonNode source : volume.at("/projected/sources")) {
                mount(directory, Manifests.text(source, "/secret/name"), source.at("/secret/items"));
            }
        }
    }

    private void mount(Path directory, String secret, JsonNode items) {
        for (JsonNode item : items) {
            write(
                    directory.resolve(item.path("path").asText()),
                    secret(secret, item.path("key").asText()));
        }
    }

    private static void write(Path file, String content) {
        try {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
