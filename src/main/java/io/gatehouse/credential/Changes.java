package io.gatehouse.credential;

import java.util.List;

/**
 * Carries the changes that PostgreSQL has committed since a node's previous read of the change feed.
 *
 * @param epoch the history that {@code until} and the version belong to; if it is another one, no cached state is valid
 * @param until PostgreSQL's snapshot, from which the next read starts
 * @param isAll whether the digests are complete; false: there are too many, or the previous read is too old, and no cached
 *     state is valid
 * @param invalidated digests of the credentials that changed
 * @param catalogVersion the newest version of the configuration
 * @param writers nodes that have written to PostgreSQL lately
 * @param epochMillis PostgreSQL's clock
 */
public record Changes(
        String epoch,
        String until,
        boolean isAll,
        List<CredentialDigest> invalidated,
        long catalogVersion,
        List<String> writers,
        long epochMillis) {
    public Changes {
        invalidated = List.copyOf(invalidated);
        writers = List.copyOf(writers);
    }

    @Override
    public String toString() {
        return "Changes[until=" + until + ", isAll=" + isAll + ", " + invalidated.size() + " digests, catalogVersion="
                + catalogVersion + "]";
    }
}
