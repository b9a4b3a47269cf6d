package io.gatehouse.credential;

import java.util.List;
import java.util.UUID;

/** Holds the ACL groups of a consumer. An empty list is a state of its own: the consumer is in no group. */
public record ConsumerGroups(List<String> groups) implements SharedCredentialState {

    public ConsumerGroups {
        groups = List.copyOf(groups);
    }

    /** The digest by which a consumer's groups are looked up. PostgreSQL computes the same one (V3__credentials.sql). */
    public static CredentialDigest digest(UUID consumerId) {
        return CredentialDigest.of("acl:" + consumerId);
    }

    @Override
    public long endsAt() {
        return 0;
    }
}
