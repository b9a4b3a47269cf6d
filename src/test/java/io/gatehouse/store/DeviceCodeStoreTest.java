package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static io.gatehouse.store.StoreFixture.isOwnerDeleted;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.AuthorizationCode;
import io.gatehouse.oauth.DeviceRequest;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.store.DeviceCodeStore.Poll;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests that one decision is made about a device, and how many codes a client has. */
class DeviceCodeStoreTest {
    private static StoreFixture store;
    private static DeviceCodeStore codes;
    private static UUID plugin;

    @BeforeAll
    static void start() {
        store = new StoreFixture();
        codes = new DeviceCodeStore(store.database);
        plugin = store.insert(
                        EntitySchemas.PLUGINS,
                        Map.of("name", "oauth2", "config", Map.of("enable_authorization_code", true)))
                .id();
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    private static boolean insert(UUID client, String code) {
        return await(insert(client, plugin, code));
    }

    private static Future<Boolean> insert(UUID client, UUID ofPlugin, String code) {
        return codes.insert(
                CredentialDigest.of("device " + code),
                CredentialDigest.of("user " + code),
                new DeviceRequest(client, "app", ofPlugin, "email", null));
    }

    private static Future<Boolean> approve(UUID client, String code, String attempt) {
        GrantedAccess access = new GrantedAccess(null, "owner", "email", null, UUID.randomUUID(), null);
        return codes.approve(
                CredentialDigest.of("user " + code),
                CredentialDigest.of(attempt),
                new AuthorizationCode(client, plugin, access, null, null, false, false));
    }

    @Test
    void decisionsAtOnce_areOne() {
        UUID client = store.credential("app").id();
        assertThat(insert(client, "a")).isTrue();

        List<Future<Boolean>> decisions = IntStream.range(0, 20)
                .mapToObj(i -> i % 2 == 0
                        ? approve(client, "a", "attempt " + i)
                        : codes.deny(CredentialDigest.of("user a"), plugin, CredentialDigest.of("attempt " + i)))
                .toList();

        List<Boolean> results = decisions.stream().map(StoreFixture::await).toList();
        assertThat(Collections.frequency(results, true)).isEqualTo(1);
        int winner = results.indexOf(true);
        assertThat(await(codes.poll(CredentialDigest.of("device a"), client, plugin)))
                .isEqualTo(winner % 2 == 0 ? Poll.APPROVED : Poll.DENIED);
        assertThat(await(codes.find(CredentialDigest.of("user a"), plugin, CredentialDigest.of("attempt " + winner))))
                .isPresent();
        assertThat(await(codes.find(CredentialDigest.of("user a"), plugin, CredentialDigest.of("attempt 20"))))
                .isEmpty();
    }

    @Test
    void repeatedApproval_isAccepted() {
        UUID client = store.credential("repeating").id();
        assertThat(insert(client, "r")).isTrue();

        assertThat(await(approve(client, "r", "same"))).isTrue();
        assertThat(await(approve(client, "r", "same"))).isTrue();
        assertThat(await(approve(client, "r", "other"))).isFalse();
    }

    /** Both may be deleted after the issuer has read them. */
    @Test
    void codesOfADeletedClientOrPlugin_areNotStored() {
        isOwnerDeleted(insert(UUID.randomUUID(), plugin, "c"), true);
        isOwnerDeleted(insert(store.credential("without plugin").id(), UUID.randomUUID(), "d"), false);
    }

    @Test
    void fullQuota_refusesThatClientAlone() throws SQLException {
        UUID full = store.credential("full").id();
        try (Connection connection = store.connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO oauth2_device_codes"
                        + " SELECT sha256(n::text::bytea), sha256(n::text::bytea), ?, ?, NULL, NULL, NULL, NULL, 5, NULL,"
                        + " 99999999999, 99999999999 FROM generate_series(1, ?) n")) {
            insert.setObject(1, full);
            insert.setObject(2, plugin);
            insert.setInt(3, DeviceCodeStore.QUOTA);
            insert.executeUpdate();
        }

        assertThat(insert(full, "b")).isFalse();
        assertThat(insert(store.credential("empty").id(), "b")).isTrue();
    }
}
