package io.gatehouse.proxy;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;

/** The {@code Connection} header: it names further headers that are for this connection only (RFC 9110 §7.6.1). */
final class ConnectionHeader {
    private ConnectionHeader() {}

    /** The headers it names; nearly always none. */
    static List<String> named(MultiMap headers) {
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
        return names == null ? List.of() : names;
    }

    static boolean contains(List<String> names, CharSequence name) {
        for (int i = 0; i < names.size(); i++) {
            if (AsciiString.contentEqualsIgnoreCase(names.get(i), name)) {
                return true;
            }
        }
        return false;
    }

    /** {@code TE: trailers} is the one transfer coding a gateway passes on, since it passes trailers on. */
    static boolean acceptsTrailers(MultiMap headers) {
        String te = headers.get("te");
        return te != null && te.toLowerCase(java.util.Locale.ROOT).contains("trailers");
    }
}
