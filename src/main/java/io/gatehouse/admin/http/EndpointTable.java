package io.gatehouse.admin.http;

import io.gatehouse.syntax.form.PercentEncoding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Matches a path to an endpoint.
 *
 * <p><i>Why</i>: it matches the raw path segment by segment, because a key may contain any character. An encoded slash is part
 * of the key, and {@code ..} is a valid name.
 */
public final class EndpointTable {
    private final Node root = new Node();

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
        node.endpoint = node.endpoint == null ? endpoint : node.endpoint.and(endpoint);
    }

    /** Holds the endpoint of a path and the decoded segments at the variables of its template. */
    public record Match(Endpoint endpoint, List<String> variables) {}

    /**
     * Returns the endpoint at a raw path.
     *
     * @throws AdminException if there is none, or a variable cannot be decoded
     */
    public Match match(String path) {
        List<String> segments = segments(path);
        List<String> variables = new ArrayList<>();
        Endpoint endpoint = find(root, segments, 0, variables);
        if (endpoint == null) {
            throw AdminError.NOT_FOUND.exception();
        }
        return new Match(endpoint, variables.stream().map(EndpointTable::decode).toList());
    }

    /** Removes the prefix of the only workspace. */
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
        return PercentEncoding.strict(raw)
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
