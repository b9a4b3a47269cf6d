package io.gatehouse.proxy.head;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads the {@code Connection} header, which names headers for this connection only (RFC 9110 §7.6.1). */
public final class ConnectionHeader {
    /** From this number on names are looked up in a tree, so that the cost of a head does not grow with the square of its size. */
    private static final int FEW = 8;

    private static final CharSequence TE = HttpHeaders.createOptimized("te");

    private ConnectionHeader() {}

    /** Returns the headers that it names; nearly always none. */
    public static Collection<String> named(MultiMap headers) {
        if (!headers.contains(HttpHeaders.CONNECTION)) {
            return List.of();
        }
        List<String> names = null;
        for (String value : headers.getAll(HttpHeaders.CONNECTION)) {
            if (value.equalsIgnoreCase("keep-alive") || value.equalsIgnoreCase("close")) {
                continue;
            }
            names = names == null ? new ArrayList<>() : names;
            for (String name : value.split(",", -1)) {
                names.add(name.trim());
            }
        }
        return names == null ? List.of() : names.size() <= FEW ? names : sorted(names);
    }

    private static Set<String> sorted(List<String> names) {
        Set<String> sorted = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        sorted.addAll(names);
        return sorted;
    }

    /** Whether the name, in any case, is among those. */
    public static boolean contains(Collection<String> names, CharSequence name) {
        if (names instanceof Set<String> sorted) {
            return sorted.contains(name.toString());
        }
        for (String candidate : names) {
            if (AsciiString.contentEqualsIgnoreCase(candidate, name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the sender accepts trailers. The gateway passes on this value of {@code TE} alone, because it passes on trailers. */
    public static boolean acceptsTrailers(MultiMap headers) {
        if (!headers.contains(TE)) {
            return false;
        }
        for (String value : headers.getAll(TE)) {
            for (String coding : value.split(",", -1)) {
                if (coding.trim().equalsIgnoreCase("trailers")) {
                    return true;
                }
            }
        }
        return false;
    }
}
