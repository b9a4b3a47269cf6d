package io.gatehouse.cluster.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Accepted connections that have not authenticated, at most {@link #LIMIT} of them. One more takes the place of the oldest of
 * the host that has the most: many connections of one host outrun each other, not a member's.
 */
final class Attempts {
    static final int LIMIT = 64;

    /** In the order of their arrival, each with its host. */
    private final Map<MemberHandshake, String> pending = new LinkedHashMap<>();

    /** Adds a connection, and returns the one whose place it took. */
    synchronized @Nullable MemberHandshake begin(MemberHandshake attempt, String host) {
        MemberHandshake outrun = null;
        if (pending.size() == LIMIT) {
            outrun = oldestOfBusiestHost();
            pending.remove(outrun);
        }
        pending.put(attempt, host);
        return outrun;
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
