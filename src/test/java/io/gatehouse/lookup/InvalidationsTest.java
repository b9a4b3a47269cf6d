package io.gatehouse.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.ConsumerGroups;
import io.gatehouse.credential.CredentialDigest;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which entries of the shared cache count, whatever the shared cache has lost. */
class InvalidationsTest {
    private static final long START = 1_700_000_000;
    private static final CredentialDigest REVOKED = CredentialDigest.of("revoked");
    private static final CredentialDigest OTHER = CredentialDigest.of("other");

    private final Invalidations invalidations = new Invalidations();

    private boolean counts(CredentialDigest digest, long asOf) {
        return invalidations.isUsable(digest, new CachedCredential(new ConsumerGroups(List.of()), asOf));
    }

    @BeforeEach
    void report() {
        assertThat(counts(OTHER, START)).as("before the first report").isFalse();
        invalidations.reported(START);
    }

    @Test
    void anEntryCountsForAnHourAfterItsReadFromPostgres() {
        assertThat(counts(OTHER, START - 3_600)).isTrue();
        assertThat(counts(OTHER, START - 3_601)).isFalse();
        assertThat(counts(OTHER, 0))
                .as("of a node that does not say when it read")
                .isFalse();
    }

    @Test
    void anEntryIsRecentForHalfOfThat() {
        CachedCredential entry = new CachedCredential(new ConsumerGroups(List.of()), START);
        invalidations.reported(START + 1_800);
        assertThat(invalidations.isRecent(entry)).isTrue();
        invalidations.reported(START + 1_801);
        assertThat(invalidations.isRecent(entry)).isFalse();
    }

    /** A message may be ahead of the report by as long as a report takes to arrive. */
    @Test
    void whatWasReadBeforeItsInvalidationNeverCountsAgain() {
        for (long second = START; second < START + 10_000; second += 10) {
            invalidations.reported(second - 2);
            invalidations.add(List.of(CredentialDigest.of("revoked in second " + second)));
            for (long revoked = START; revoked <= second; revoked += 10) {
                assertThat(counts(CredentialDigest.of("revoked in second " + revoked), revoked))
                        .isFalse();
            }
        }
    }

    @Test
    void aDigestIsKeptForAsLongAsAnEntryFromBeforeCounts() {
        invalidations.add(List.of(REVOKED));
        for (long second = START; second <= START + 3_600; second++) {
            invalidations.reported(second);
            assertThat(counts(REVOKED, START)).isFalse();
        }
        for (long second = START + 3_601; second < START + 8_000; second++) {
            invalidations.reported(second);
        }
        assertThat(counts(REVOKED, START + 7_999))
                .as("kept no longer than twice that")
                .isTrue();
    }

    @Test
    void nothingAgesWhilePostgresReportsNothing() {
        invalidations.reported(START - 1_000);
        assertThat(counts(OTHER, START - 3_600)).isTrue();
        assertThat(counts(OTHER, START - 3_601)).isFalse();
    }

    @Test
    void whereTooMuchWasInvalidatedNothingCountsThatWasReadBefore() {
        List<CredentialDigest> many = IntStream.range(0, Invalidations.MAX_DIGESTS)
                .mapToObj(number -> CredentialDigest.of("many " + number))
                .toList();
        invalidations.add(many);
        assertThat(counts(OTHER, START)).isTrue();

        invalidations.add(List.of(REVOKED));

        assertThat(counts(OTHER, START)).isFalse();
        assertThat(counts(OTHER, START + 1_000_000))
                .as("before the next report")
                .isFalse();
        invalidations.reported(START + 1);
        assertThat(counts(REVOKED, START + 1)).isFalse();
        assertThat(counts(OTHER, START + 61)).isFalse();
        assertThat(counts(OTHER, START + 62)).isTrue();
    }

    @Test
    void whatAllBecameInvalidBeforeTheFirstReportDoesNotCountAfterIt() {
        Invalidations starting = new Invalidations();
        starting.addAll();
        starting.reported(START);
        assertThat(starting.isUsable(OTHER, new CachedCredential(new ConsumerGroups(List.of()), START)))
                .isFalse();
    }
}
