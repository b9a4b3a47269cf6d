package io.gatehouse.credential;

import java.util.List;

/**
 * What PostgreSQL has seen since somebody asked before: what a node has to know to go on trusting what it remembers.
 *
 * @param epoch the history that {@code until} and the version belong to; another one: nothing cached counts
 * @param until where the next question starts: PostgreSQL's name of the moment
 * @param isAll whether the digests are all there were; false: too many, or too long ago, and nothing remembered counts
 * @param invalidated of which something changed
 * @param catalogVersion the newest configuration
 * @param writers nodes that wrote to PostgreSQL a moment ago
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
        return "Changes[until=" + until + ", isAll=" + isAll + ", " + invalidated.size() + " facts, catalogVersion="
                + catalogVersion + "]";
    }
}
