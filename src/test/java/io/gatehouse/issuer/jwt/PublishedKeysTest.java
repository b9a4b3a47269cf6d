package io.gatehouse.issuer.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.ClusterTimings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tests which keys an issuer publishes when others change them, and during an outage of PostgreSQL. */
class PublishedKeysTest extends SigningKeysFixture {
    @Test
    void keysAreStillPublished_whenTheyCannotBeRead() throws SQLException {
        SigningKeys keys = keys("secret");
        String first = current(keys);
        execute("ALTER TABLE oauth2_signing_keys RENAME TO unreachable");
        try {
            now.addAndGet(120);
            assertThat(published(keys)).containsExactly(first);
            assertThatThrownBy(() -> current(keys)).isNotNull();
        } finally {
            execute("ALTER TABLE unreachable RENAME TO oauth2_signing_keys");
        }
        assertThat(current(keys)).isEqualTo(first);
    }

    /** As while the host of PostgreSQL is paused: a statement gets no reply for longer than a proxy waits for an issuer. */
    @Test
    void keysAreStillPublished_whenPostgresDoesNotRespond() throws SQLException {
        SigningKeys keys = keys("secret");
        String first = current(keys);
        now.addAndGet(120);
        try (Connection other = store.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE oauth2_signing_keys IN ACCESS EXCLUSIVE MODE");

            assertThat(keys.published()
                            .toCompletionStage()
                            .toCompletableFuture()
                            .orTimeout(ClusterTimings.ISSUER_ATTEMPT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                            .join())
                    .extracting(key -> key.get("kid"))
                    .containsExactly(first);
        }
    }

    /** A verifier may fetch the key of a token from an issuer that has read the keys before. */
    @Test
    void keyThatAnotherIssuerHasCreated_isPublishedAtOnce() {
        SigningKeys keys = keys("secret");
        String first = current(keys);
        assertThat(published(keys)).containsExactly(first);

        String second = current(keys("another secret"));
        now.incrementAndGet();

        assertThat(published(keys)).containsExactlyInAnyOrder(first, second);
    }

    /** The issuer generates another key first. If that takes too long for one response, the next one has it. */
    @Test
    void deletedKey_isNotPublishedAfterASecond() throws SQLException {
        SigningKeys keys = keys("secret");
        String first = current(keys);

        execute("DELETE FROM oauth2_signing_keys");
        now.incrementAndGet();

        await().untilAsserted(() -> assertThat(published(keys)).hasSize(1).doesNotContain(first));
    }

    /** As an operator does whose keys have been disclosed. */
    @Test
    void deletedKey_isReplacedWithinAMinute() throws SQLException {
        SigningKeys keys = keys("secret");
        String first = current(keys);

        execute("DELETE FROM oauth2_signing_keys");
        now.addAndGet(60);

        assertThat(current(keys)).isNotEqualTo(first);
        assertThat(published(keys)).hasSize(1).doesNotContain(first);
    }
}
