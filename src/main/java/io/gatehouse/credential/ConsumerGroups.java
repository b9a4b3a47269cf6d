package io.gatehouse.credential;

import java.util.List;
import java.util.UUID;

/** The groups of a consumer, for the acl plugin; none is something known too. */
public record ConsumerGroups(List<String> groups) implements SharedCredentialState {

    public ConsumerGroups {
        groups = List.copyOf(groups);
    }

    /** How a consumer's groups are looked up. The database computes the same, see V3__credentials.sql. */
    public static CredentialDigest digest(UUID consumerId) {
        return CredentialDigest.of("acl:" + consumerId);
    }

    @Override
    public long endsAt() {
        return 0;
    }
}
