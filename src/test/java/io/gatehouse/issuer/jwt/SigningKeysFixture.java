package io.gatehouse.issuer.jwt;

import static io.gatehouse.store.StoreFixture.await;

import io.gatehouse.store.SigningKeyStore;
import io.gatehouse.store.StoreFixture;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Opens a database for the keys of issuers, with a clock that a test moves. */
abstract class SigningKeysFixture {
    static StoreFixture store;
    static SigningKeyStore stored;

    final AtomicLong now = new AtomicLong(System.currentTimeMillis() / 1_000);

    @BeforeAll
    static void open() {
        store = new StoreFixture();
        stored = new SigningKeyStore(store.database);
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @BeforeEach
    void removeKeys() throws SQLException {
        execute("DELETE FROM oauth2_signing_keys");
    }

    static void execute(String sql) throws SQLException {
        try (Connection connection = store.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The keys of an issuer. */
    SigningKeys keys(String secret) {
        return new SigningKeys(store.vertx, stored, () -> secret.getBytes(StandardCharsets.UTF_8), now::get);
    }

    /** The key that signs a token, as for each that an issuer gives. */
    static String current(SigningKeys keys) {
        await(keys.prepare());
        return await(keys.current()).stored().id();
    }

    static List<Object> published(SigningKeys keys) {
        return await(keys.published()).stream().map(key -> key.get("kid")).toList();
    }
}
