package io.gatehouse.changes;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.bus.RecordCodec;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.lookup.CachedCredential;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.store.ChangeStore;
import io.gatehouse.store.Database;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.TcpRelay;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** PostgreSQL's host stops responding without closing its connections. Nodes without a database must see the outage as well. */
class UnreachableDatabaseTest {
    private final Vertx vertx = Vertx.vertx();
    private final PostgresConfig config = TestDatabase.create();
    private final TcpRelay line = TcpRelay.to(config);
    private final Database database = Database.open(vertx, line.along(config));
    private final DatabaseChanges changes =
            new DatabaseChanges(new ChangeStore(database), "node", "host/admin", Duration.ZERO, new NoCache());
    private final RemoteChanges remote = new RemoteChanges(vertx, "remote", "host/proxy", Duration.ofMinutes(1));

    @BeforeEach
    void serve() {
        RecordCodec.register(vertx);
        await(changes.serve(vertx));
        await(changes.since(null));
        await(remote.since(null));
        line.silence();
    }

    @AfterEach
    void close() {
        line.close();
        await(vertx.close());
    }

    @Test
    void databaseChanges_reportsThatPostgresqlIsUnreachable() {
        assertThatThrownBy(() -> await(changes.since(null))).hasCauseInstanceOf(ChangeSource.DatabaseUnreachable.class);
    }

    @Test
    void remoteChanges_reportsThatPostgresqlIsUnreachable() {
        assertThatThrownBy(() -> await(remote.since(null))).hasCauseInstanceOf(ChangeSource.DatabaseUnreachable.class);
    }

    private static final class NoCache implements CredentialCache {
        @Override
        public Future<Optional<CachedCredential>> get(CredentialDigest digest) {
            return Future.succeededFuture(Optional.empty());
        }

        @Override
        public void put(CredentialDigest digest, CachedCredential state) {
            // Caches nothing.
        }

        @Override
        public Future<Void> invalidate(List<CredentialDigest> digests) {
            return Future.succeededFuture();
        }
    }
}
