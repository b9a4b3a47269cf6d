package io.gatehouse.issuer.jwt;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.oauth.SigningKey;
import io.gatehouse.store.StoreFixture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests when keys of access tokens are created, sign and are published, and which node can use them. {@link PublishedKeysTest} has more. */
class SigningKeysTest extends SigningKeysFixture {
    private static final long DAY = 86_400;

    @Test
    void firstKey_isCreatedOnceAndPublished() {
        SigningKeys keys = keys("secret");

        String first = current(keys);

        assertThat(current(keys)).isEqualTo(first);
        assertThat(published(keys)).containsExactly(first);
        assertThat(current(keys("secret"))).as("another node").isEqualTo(first);
    }

    @Test
    void nodesThatStartAtOnce_createOneKey() {
        List<Future<SigningKeys.Usable>> all = List.of(
                keys("secret").current(),
                keys("secret").current(),
                keys("secret").current());

        assertThat(all.stream().map(StoreFixture::await).map(key -> key.stored().id()))
                .containsOnly(await(all.get(0)).stored().id());
        assertThat(await(stored.find())).hasSize(1);
    }

    @Test
    void nextKey_isPublishedADayBeforeItSigns_andTheOldOneAfterIt() {
        SigningKeys keys = keys("secret");
        String first = current(keys);
        now.addAndGet(29 * DAY - 60);
        assertThat(current(keys)).isEqualTo(first);
        assertThat(published(keys)).containsExactly(first);

        now.addAndGet(120);
        assertThat(current(keys)).isEqualTo(first);
        assertThat(published(keys)).hasSize(2).contains(first);

        now.addAndGet(DAY);
        String second = current(keys);
        assertThat(second).isNotEqualTo(first);
        assertThat(published(keys)).containsExactly(second, first);
    }

    @Test
    void oldKey_isPublishedForTheLongestLifeOfAToken() throws SQLException {
        String id = current(keys("secret"));
        try (Connection connection = store.connect();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT delete_at - sign_until FROM oauth2_signing_keys")) {
            rows.next();
            assertThat(rows.getLong(1)).isGreaterThanOrEqualTo(SigningKey.MAX_LIFE_SECONDS);
        }

        execute("UPDATE oauth2_signing_keys SET delete_at = 1");

        assertThat(published(keys("secret"))).hasSize(1).doesNotContain(id);
    }

    /** Neither a reader of the database nor a node with another secret can sign by the keys of a node. */
    @Test
    void keyOfAnotherSecret_isPublishedAndSignsNothing() {
        String first = current(keys("secret"));

        String second = current(keys("another secret"));

        assertThat(second).isNotEqualTo(first);
        assertThat(published(keys("another secret"))).containsExactlyInAnyOrder(first, second);
        assertThat(current(keys("secret"))).isEqualTo(first);
    }

    @Test
    void privateKeyOfAnotherKid_signsNothing() throws SQLException {
        String first = current(keys("secret"));
        execute("INSERT INTO oauth2_signing_keys SELECT 'other', public_key, private_key, sign_from + 1, sign_until,"
                + " delete_at FROM oauth2_signing_keys");
        now.addAndGet(10);

        assertThat(current(keys("secret"))).isEqualTo(first);
    }

    @Test
    void unreadableKey_signsNothing() throws SQLException {
        String first = current(keys("secret"));
        execute("UPDATE oauth2_signing_keys SET private_key = 'no base64!'");

        assertThat(current(keys("secret"))).isNotEqualTo(first);
    }

    /** Each connection of the pool has a transaction, so that the read of the keys would wait for one of them to end. */
    @Test
    void tokensOfTransactions_areSignedWithoutAnotherConnection() {
        SigningKeys keys = keys("secret");
        String first = current(keys);
        now.addAndGet(120);

        List<Future<SigningKeys.Usable>> all = IntStream.range(0, 50)
                .mapToObj(i -> store.database.withTransaction(connection -> keys.current()))
                .toList();

        assertThat(all.stream().map(StoreFixture::await).map(key -> key.stored().id()))
                .containsOnly(first);
    }

    @Test
    void unreadableSecret_signsNothing() {
        SigningKeys keys = new SigningKeys(
                store.vertx,
                stored,
                () -> {
                    throw new IllegalStateException("no file");
                },
                now::get);

        assertThatThrownBy(() -> await(keys.current())).hasMessageContaining("no secret for signing keys");
    }

    @Test
    void keysAreBounded() {
        for (int i = 0; i < 70; i++) {
            SigningKey key = new SigningKey("k" + i, "{}", "", now.get() + i, now.get() + i + 60);
            await(stored.add(key, keys -> true));
        }

        assertThat(await(stored.find()))
                .hasSize(64)
                .extracting(SigningKey::id)
                .contains("k69")
                .doesNotContain("k0");
    }

    @Test
    void signaturesThatWait_areBounded() {
        AccessTokenSigner signer = new AccessTokenSigner(store.vertx, keys("secret"));
        Promise<String> refused = Promise.promise();
        store.vertx.runOnContext(start -> {
            for (int i = 0; i < AccessTokenSigner.MAX_PENDING; i++) {
                signer.sign(Map.of(), now.get());
            }
            signer.sign(Map.of(), now.get()).onComplete(refused);
        });

        assertThatThrownBy(() -> await(refused.future())).hasMessageContaining("too many access tokens to sign");
    }

    /** An issuer may serve a request later than another one that has served it. */
    @Test
    void keyOfAnEarlierTime_isTheOneThatSignedThen() {
        SigningKeys keys = keys("secret");
        String first = current(keys);
        long start = now.get();
        now.addAndGet(30 * DAY - 1);
        assertThat(current(keys)).isEqualTo(first);

        now.addAndGet(2);

        assertThat(current(keys)).isNotEqualTo(first);
        assertThat(await(keys.at(now.get() - 2)).stored().id()).isEqualTo(first);
        // No key signed then.
        assertThat(await(keys.at(start - 1)).stored().id()).isEqualTo(current(keys));
    }

    @Test
    void signedToken_isATypedJwt() {
        AccessTokenSigner signer = new AccessTokenSigner(store.vertx, keys("secret"));

        String token = await(signer.sign(Map.of("sub", "owner"), now.get()));

        assertThat(token).matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{342}");
        assertThat(await(signer.sign(Map.of("sub", "owner"), now.get()))).isEqualTo(token);
        assertThatThrownBy(() -> await(signer.sign(Map.of("scope", "s".repeat(8_192)), now.get())))
                .hasMessageContaining("more than 8192 characters");
    }
}
