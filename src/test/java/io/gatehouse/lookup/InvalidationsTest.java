package io.gatehouse.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.ConsumerGroups;
import io.gatehouse.credential.CredentialDigest;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests which entries of the shared cache are usable although the shared cache may have lost an invalidation. */
class InvalidationsTest {
    private static final long START = 1_700_000_000;
    private static final CredentialDigest REVOKED = CredentialDigest.of("revoked");
    private static final CredentialDigest OTHER = CredentialDigest.of("other");

    private final Invalidations invalidations = new Invalidations();

    private boolean isUsable(CredentialDigest digest, long asOf) {
        return invalidations.isUsable(digest, new CachedCredential(new ConsumerGroups(List.of()), asOf));
    }

    @BeforeEach
    void report() {
        assertThat(isUsable(OTHER, START)).as("before the first report").isFalse();
        invalidations.reported(START);
    }

    @Test
    void entry_isUsableForAnHourAfterItsRead() {
        assertThat(isUsable(OTHER, START - 3_600)).isTrue();
        assertThat(isUsable(OTHER, START - 3_601)).isFalse();
        assertThat(isUsable(OTHER, 0)).as("without a time of its read").isFalse();
    }

    @Test
    void entry_isRecentForHalfAnHourAfterItsRead() {
        CachedCredential entry = new CachedCredential(new ConsumerGroups(List.of()), START);
        invalidations.reported(START + 1_800);
        assertThat(invalidations.isRecent(entry)).isTrue();
        invalidations.reported(START + 1_801);
        assertThat(invalidations.isRecent(entry)).isFalse();
    }

    /** A message may arrive before the report of the change feed. */
    @Test
    void entryReadBeforeItsInvalidation_isNeverUsableAgain() {
        for (long second = START; second < START + 10_000; second += 10) {
            invalidations.reported(second - 2);
            invalidations.add(List.of(CredentialDigest.of("revoked in second " + second)));
            for (long revoked = START; revoked <= second; revoked += 10) {
                assertThat(isUsable(CredentialDigest.of("revoked in second " + revoked), revoked))
                        .isFalse();
            }
        }
    }

    @Test
    void digest_isKeptForAsLongAsAnOlderEntryIsUsable() {
        invalidations.add(List.of(REVOKED));
        for (long second = START; second <= START + 3_600; second++) {
            invalidations.reported(second);
            assertThat(isUsable(REVOKED, START)).isFalse();
        }
        for (long second = START + 3_601; second < START + 8_000; second++) {
            invalidations.reported(second);
        }
        assertThat(isUsable(REVOKED, START + 7_999))
                .as("kept no longer than twice that")
                .isTrue();
    }

    @Test
    void entries_doNotAge_withoutReportsOfTheChangeFeed() {
        invalidations.reported(START - 1_000);
        assertThat(isUsable(OTHER, START - 3_600)).isTrue();
        assertThat(isUsable(OTHER, START - 3_601)).isFalse();
    }

    @Test
    void olderEntries_areNotUsable_afterTooManyInvalidations() {
        List<CredentialDigest> many = IntStream.range(0, Invalidations.MAX_DIGESTS)
                .mapToObj(number -> CredentialDigest.of("many " + number))
                .toList();
        invalidations.add(many);
        assertThat(isUsable(OTHER, START)).isTrue();

        invalidations.add(List.of(REVOKED));

        assertThat(isUsable(OTHER, START)).isFalse();
        assertThat(isUsable(OTHER, START + 1_000_000))
                .as("before the next report")
                .isFalse();
        invalidations.reported(START + 1);
        assertThat(isUsable(REVOKED, START + 1)).isFalse();
        assertThat(isUsable(OTHER, START + 61)).isFalse();
        assertThat(isUsable(OTHER, START + 62)).isTrue();
    }

    @Test
    void olderEntries_areNotUsable_whenAllWereInvalidatedBeforeTheFirstReport() {
        Invalidations starting = new Invalidations();
        starting.addAll();
        starting.reported(START);
        assertThat(starting.isUsable(OTHER, new CachedCredential(new ConsumerGroups(List.of()), START)))
                .isFalse();
    }
}
