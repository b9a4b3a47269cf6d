package io.gatehouse.oauth;

import java.util.List;
import java.util.UUID;

/** The groups of a consumer, for the acl plugin; none is something known too. */
public record ConsumerGroups(List<String> groups) implements SharedFacts {

    public ConsumerGroups {
        groups = List.copyOf(groups);
    }

    /** How a consumer's groups are looked up. The database computes the same, see V3__credentials.sql. */
    public static TokenDigest digest(UUID consumerId) {
        return TokenDigest.of("acl:" + consumerId);
    }

    @Override
    public long endsAt() {
        return 0;
    }
}
