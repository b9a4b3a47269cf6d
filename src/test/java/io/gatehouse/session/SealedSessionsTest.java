package io.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SealedSessionsTest {
    private static final SessionTimeouts TIMEOUTS = new SessionTimeouts(240, 400, 1_000);
    private final Sessions<Stored> sessions = sessions("one");

    private record Stored(long signedInAt, long rotatedAt, long usedAt) implements TimedSession<Stored> {
        static Stored secondsAgo(long signedIn, long rotated, long used) {
            long now = Sessions.now();
            return new Stored(now - signedIn, now - rotated, now - used);
        }

        @Override
        public Stored rotated(long now) {
            return new Stored(signedInAt, now, now);
        }

        @Override
        public Stored used(long now) {
            return new Stored(signedInAt, rotatedAt, now);
        }

        @Override
        public JsonObject toJson() {
            return new JsonObject().put("s", signedInAt).put("r", rotatedAt).put("u", usedAt);
        }
    }

    private static Sessions<Stored> sessions(String secret) {
        return new SealedSessions<>(
                sealer(secret),
                TIMEOUTS,
                json -> Optional.of(new Stored(json.getLong("s"), json.getLong("r"), json.getLong("u"))));
    }

    private static Sealer sealer(String secret) {
        return Sealer.of(secret.getBytes(StandardCharsets.UTF_8), "test");
    }

    private LoadedSession<Stored> created(Stored session) {
        return sessions.create(session).result();
    }

    @Test
    void aSessionIsLoadedFromItsValue() {
        Stored session = Stored.secondsAgo(10, 10, 10);
        String value = created(session).id();
        assertThat(value).matches("[A-Za-z0-9_-]+");
        assertThat(sessions.load(value).result()).map(LoadedSession::session).contains(session);
        assertThat(sessions("two").load(value).result()).isEmpty();
    }

    @Test
    void anotherValueIsNoSession() {
        assertThat(sessions.load(null).result()).isEmpty();
        for (String value :
                new String[] {"", "%", "A", "A".repeat(100), sealer("one").sealText("no json")}) {
            assertThat(sessions.load(value).result()).as(value).isEmpty();
        }
        assertThat(sessions.load(sealer("one").sealText("x".repeat(4_096))).result())
                .isEmpty();
    }

    @Test
    void aSessionEndsWithItsFirstTimeout() {
        assertThat(sessions.load(created(Stored.secondsAgo(900, 300, 230)).id()).result())
                .isPresent();
        assertThat(sessions.load(created(Stored.secondsAgo(900, 300, 240)).id()).result())
                .isEmpty();
        assertThat(sessions.load(created(Stored.secondsAgo(900, 400, 0)).id()).result())
                .isEmpty();
        assertThat(sessions.load(created(Stored.secondsAgo(1_000, 0, 0)).id()).result())
                .isEmpty();
    }

    @Test
    void theUseOfASessionIsSealedInSteps() {
        LoadedSession<Stored> recent = created(Stored.secondsAgo(200, 200, 30));
        assertThat(sessions.extend(recent).result()).contains(recent);

        LoadedSession<Stored> used = created(Stored.secondsAgo(200, 200, 61));
        assertThat(sessions.extend(used).result()).hasValueSatisfying(extended -> {
            assertThat(extended.id()).isNotEqualTo(used.id());
            assertThat(extended.session().usedAt())
                    .isGreaterThanOrEqualTo(used.session().usedAt() + 61);
            assertThat(extended.session().rotatedAt()).isEqualTo(used.session().rotatedAt());
        });
    }

    @Test
    void theLastQuarterOfTheRollingTimeoutRenewsIt() {
        LoadedSession<Stored> old = created(Stored.secondsAgo(900, 300, 0));
        assertThat(sessions.extend(old).result()).hasValueSatisfying(extended -> {
            assertThat(extended.session().rotatedAt())
                    .isGreaterThanOrEqualTo(old.session().rotatedAt() + 300);
            assertThat(extended.session().signedInAt()).isEqualTo(old.session().signedInAt());
        });
    }
}
