package io.gatehouse.admin.http;

import io.gatehouse.syntax.form.PercentEncoding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the endpoint of a path. Works on the raw path, segment by segment, because a key may hold any character: an
 * encoded slash is part of it, and {@code ..} is somebody's name.
 */
public final class EndpointTable {
    private final Node root = new Node();
    private final TreeMap<String, Endpoint> endpoints = new TreeMap<>();

    public EndpointTable(Collection<Endpoint> all) {
        all.forEach(this::add);
    }

    private void add(Endpoint endpoint) {
        Node node = root;
        for (String segment : segments(endpoint.template())) {
            node = segment.startsWith("{")
                    ? node.variable()
                    : node.literals.computeIfAbsent(segment, name -> new Node());
        }
        Endpoint merged = node.endpoint == null ? endpoint : node.endpoint.and(endpoint);
        node.endpoint = merged;
        endpoints.put(endpoint.template(), merged);
    }

    /** Every path template, sorted. */
    List<String> templates() {
        return List.copyOf(endpoints.keySet());
    }

    /** An endpoint, and what its template's names stand for in the path. */
    public record Match(Endpoint endpoint, List<String> variables) {}

    /** The endpoint at a raw path; fails when there is none, or a variable cannot be decoded. */
    public Match match(String path) {
        List<String> segments = segments(path);
        List<String> variables = new ArrayList<>();
        Endpoint endpoint = find(root, segments, 0, variables);
        if (endpoint == null) {
            throw AdminError.NOT_FOUND.exception();
        }
        return new Match(endpoint, variables.stream().map(EndpointTable::decode).toList());
    }

    /** The path without the prefix of the one workspace. */
    public static String withoutWorkspace(String path) {
        String prefix = "/" + Workspace.NAME;
        boolean prefixed =
                path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
        return prefixed ? path.substring(prefix.length()) : path;
    }

    private static @Nullable Endpoint find(Node node, List<String> segments, int depth, List<String> variables) {
        if (depth == segments.size()) {
            return node.endpoint;
        }
        String segment = segments.get(depth);
        Node literal = node.literals.get(segment);
        Endpoint found = literal == null ? null : find(literal, segments, depth + 1, variables);
        if (found != null || node.variable == null || segment.isEmpty()) {
            return found;
        }
        variables.add(segment);
        found = find(node.variable, segments, depth + 1, variables);
        if (found == null) {
            variables.remove(variables.size() - 1);
        }
        return found;
    }

    private static List<String> segments(String path) {
        String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return trimmed.isEmpty() ? List.of() : List.of(trimmed.substring(1).split("/", -1));
    }

    private static String decode(String raw) {
        return PercentEncoding.decode(raw, false)
                .filter(key -> key.indexOf('\0') < 0)
                .orElseThrow(() -> AdminError.INVALID_PRIMARY_KEY.exception("invalid primary key: '" + raw + "'"));
    }

    private static final class Node {
        private final Map<String, Node> literals = new HashMap<>();
        private @Nullable Node variable;
        private @Nullable Endpoint endpoint;

        Node variable() {
            if (variable == null) {
                variable = new Node();
            }
            return variable;
        }
    }
}
