package io.gatehouse.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the entries whose prefix starts a path, in one pass over the path: an immutable radix tree. Runs for every proxied request.
 */
final class PathTree<V> {
    /** The characters that the node adds to its parent's prefix. */
    private final String label;

    /** The entries of exactly this prefix; null if it is only a fork. */
    private final @Nullable V value;

    /** The first characters of the children's labels, ascending. The children have the same order. */
    private final char[] firsts;

    private final List<PathTree<V>> children;

    private PathTree(String label, @Nullable V value, char[] firsts, List<PathTree<V>> children) {
        this.label = label;
        this.value = value;
        this.firsts = firsts;
        this.children = children;
    }

    static <V> PathTree<V> of(Map<String, V> byPrefix) {
        return node("", 0, new TreeMap<>(byPrefix));
    }

    /** Returns the tree of entries that share their first {@code depth} characters, of which the last are the label. */
    private static <V> PathTree<V> node(String label, int depth, SortedMap<String, V> entries) {
        V value = null;
        TreeMap<Character, TreeMap<String, V>> byFirst = new TreeMap<>();
        for (Map.Entry<String, V> entry : entries.entrySet()) {
            if (entry.getKey().length() == depth) {
                value = entry.getValue();
            } else {
                byFirst.computeIfAbsent(entry.getKey().charAt(depth), first -> new TreeMap<>())
                        .put(entry.getKey(), entry.getValue());
            }
        }
        char[] firsts = new char[byFirst.size()];
        List<PathTree<V>> children = new ArrayList<>(byFirst.size());
        byFirst.forEach((first, group) -> {
            firsts[children.size()] = first;
            int end = commonLength(group.firstKey(), group.lastKey());
            children.add(node(group.firstKey().substring(depth, end), end, group));
        });
        return new PathTree<>(label, value, firsts, List.copyOf(children));
    }

    private static int commonLength(String one, String other) {
        int length = 0;
        while (length < one.length() && length < other.length() && one.charAt(length) == other.charAt(length)) {
            length++;
        }
        return length;
    }

    /** Passes on the entries of each prefix of the path, the shortest first. */
    void forEachPrefixOf(String path, Consumer<V> visitor) {
        PathTree<V> node = this;
        int depth = 0;
        while (node != null) {
            if (node.value != null) {
                visitor.accept(node.value);
            }
            node = depth < path.length() ? node.child(path, depth) : null;
            depth += node == null ? 0 : node.label.length();
        }
    }

    private @Nullable PathTree<V> child(String path, int depth) {
        char wanted = path.charAt(depth);
        int low = 0;
        int high = firsts.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (firsts[middle] == wanted) {
                PathTree<V> child = children.get(middle);
                return path.startsWith(child.label, depth) ? child : null;
            }
            if (firsts[middle] < wanted) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }
}
