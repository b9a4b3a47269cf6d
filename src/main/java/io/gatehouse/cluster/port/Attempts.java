package io.gatehouse.cluster.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the accepted connections that have not authenticated to {@link #LIMIT}. At the limit, a new connection displaces the
 * oldest one of the host that has the most, so that connections of one host do not displace a member's.
 */
final class Attempts {
    static final int LIMIT = 64;

    /** Connections in the order of their arrival, each with its host. */
    private final Map<MemberHandshake, String> pending = new LinkedHashMap<>();

    /** Adds a connection and returns the one that it displaces, or null. */
    synchronized @Nullable MemberHandshake begin(MemberHandshake attempt, String host) {
        MemberHandshake displaced = null;
        if (pending.size() == LIMIT) {
            displaced = oldestOfBusiestHost();
            pending.remove(displaced);
        }
        pending.put(attempt, host);
        return displaced;
    }

    synchronized void end(MemberHandshake attempt) {
        pending.remove(attempt);
    }

    private MemberHandshake oldestOfBusiestHost() {
        Map<String, List<MemberHandshake>> byHost = new LinkedHashMap<>();
        pending.forEach((attempt, host) ->
                byHost.computeIfAbsent(host, ignored -> new ArrayList<>()).add(attempt));
        return byHost.values().stream()
                .reduce((one, other) -> other.size() > one.size() ? other : one)
                .orElseThrow()
                .get(0);
    }
}
