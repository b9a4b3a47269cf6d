package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.oauth.AuthorizationCode;
import io.gatehouse.oauth.DeviceRequest;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Stores the codes of devices (RFC 8628) by their digests, and what resource owners decide about them.
 *
 * <p><i>Invariant</i>: of several decisions about a code, one is made. An approval and the authorization code that the device then
 * redeems are one statement.
 */
public final class DeviceCodeStore {
    /** Unexpired codes of one client. */
    static final int QUOTA = 10_000;

    /** An expired code is known for as long as it was valid. */
    private static final long KEPT_SECONDS = DeviceRequest.LIFE_SECONDS;

    // A foreign key names the owner that is deleted meanwhile. Each statement that runs at the same time may exceed the
    // quota by its row.
    private static final String INSERT = """
            INSERT INTO oauth2_device_codes (device_digest, user_digest, credential_id, plugin_id, scope, resource,
                   poll_interval, expires_at, delete_at)
            SELECT $1, $2, $3::uuid, $4, $5, $6, $7::bigint, clock.seconds + $8::bigint,
                   clock.seconds + $8::bigint + $9::bigint
              FROM (SELECT floor(extract(epoch FROM now()))::bigint AS seconds) clock
             WHERE (SELECT count(*) FROM (SELECT FROM oauth2_device_codes
                                           WHERE credential_id = $3::uuid AND expires_at > clock.seconds
                                           LIMIT $10::bigint) live) < $10::bigint""";

    private static final String UNDECIDED =
            "(approved IS NULL OR attempt_digest = $3) AND expires_at > extract(epoch FROM now())";

    private static final String FIND = """
            SELECT d.credential_id, c.client_id, d.plugin_id, d.scope, d.resource
              FROM oauth2_device_codes d JOIN oauth2_credentials c ON c.id = d.credential_id
             WHERE user_digest = $1 AND plugin_id = $2 AND %s""".formatted(UNDECIDED);

    // The client is locked before its rows, as by its deletion (ClientIdentities).
    private static final String DECIDE = """
            UPDATE oauth2_device_codes SET approved = $4, attempt_digest = $3
              FROM (SELECT c.id FROM oauth2_credentials c JOIN oauth2_device_codes d ON d.credential_id = c.id
                     WHERE d.user_digest = $1 FOR KEY SHARE OF c) client
             WHERE credential_id = client.id AND user_digest = $1 AND plugin_id = $2 AND %s
            RETURNING device_digest, credential_id, plugin_id, expires_at""".formatted(UNDECIDED);

    /** The authorization code does not expire before the device code, whose end the device knows (RFC 8628 §3.2). */
    private static final String APPROVE = "WITH decided AS (" + DECIDE + """
            ), stored AS (
            INSERT INTO oauth2_authorization_codes (id, created_at, service_id, credential_id, plugin_id, code_digest,
                   authenticated_userid, scope, family_id, delete_at, redirect_uri_requested, scope_differs, resource)
            SELECT $5, life.began, $6, decided.credential_id, decided.plugin_id, decided.device_digest, $7, $8, $9,
                   life.began + $10::bigint, false, $11, $12
              FROM decided, LATERAL (SELECT greatest(floor(extract(epoch FROM now()))::bigint,
                                                     decided.expires_at - $10::bigint) AS began) life
                ON CONFLICT DO NOTHING)
            SELECT device_digest FROM decided""";

    private static final String POLL = """
            UPDATE oauth2_device_codes device
               SET polled_at = clock.now,
                   poll_interval = device.poll_interval + CASE WHEN old.is_early THEN $4::bigint ELSE 0 END
              FROM (SELECT device_digest, coalesce(extract(epoch FROM now()) - polled_at < poll_interval - 1, false) AS is_early
                      FROM oauth2_device_codes WHERE device_digest = $1 AND credential_id = $2 AND plugin_id = $3
                       FOR UPDATE) old,
                   (SELECT extract(epoch FROM now())::double precision AS now) clock
             WHERE device.device_digest = old.device_digest
            RETURNING device.approved, device.expires_at <= clock.now AS is_expired, old.is_early""";

    private final Database database;

    public DeviceCodeStore(Database database) {
        this.database = database;
    }

    /** What a device gets that polls (RFC 8628 §3.5). */
    public enum Poll {
        /** The resource owner has not decided. */
        PENDING,
        /** Likewise, and the device has to poll more slowly. */
        TOO_EARLY,
        APPROVED,
        DENIED,
        EXPIRED,
        /** The code does not exist, or is of another client or plugin. */
        UNKNOWN
    }

    /**
     * Stores the codes of a request; returns false if the client has too many that have not expired. Fails with
     * {@link StoreException.OwnerDeleted}.
     *
     * @param device digest of the device code
     * @param user digest of the plugin and the user code
     */
    public Future<Boolean> insert(CredentialDigest device, CredentialDigest user, DeviceRequest request) {
        return database.query(
                        INSERT,
                        TokenRows.tuple(
                                TokenRows.bytes(device),
                                TokenRows.bytes(user),
                                request.credentialId(),
                                request.pluginId(),
                                request.scope(),
                                request.resource(),
                                (long) DeviceRequest.INTERVAL_SECONDS,
                                (long) DeviceRequest.LIFE_SECONDS,
                                KEPT_SECONDS,
                                (long) QUOTA))
                .map(rows -> rows.rowCount() == 1)
                .recover(SqlFailures::onIssue);
    }

    /** Reads a request that no other attempt has decided about; empty if there is none, or it has expired. */
    public Future<Optional<DeviceRequest>> find(CredentialDigest user, UUID pluginId, CredentialDigest attempt) {
        return database.query(FIND, TokenRows.tuple(TokenRows.bytes(user), pluginId, TokenRows.bytes(attempt)))
                .map(rows -> Optional.ofNullable(GrantStore.first(rows))
                        .map(row -> new DeviceRequest(
                                row.getUUID("credential_id"),
                                row.getString("client_id"),
                                row.getUUID("plugin_id"),
                                row.getString("scope"),
                                row.getString("resource"))));
    }

    /** Approves a request; returns false if it has been decided about, or has expired. */
    public Future<Boolean> approve(CredentialDigest user, CredentialDigest attempt, AuthorizationCode code) {
        return database.query(
                        APPROVE,
                        TokenRows.tuple(
                                TokenRows.bytes(user),
                                code.pluginId(),
                                TokenRows.bytes(attempt),
                                true,
                                UUID.randomUUID(),
                                code.access().serviceId(),
                                code.access().authenticatedUserId(),
                                code.access().scope(),
                                code.access().familyId(),
                                (long) AuthorizationCode.LIFE_SECONDS,
                                code.isScopeDifferent(),
                                code.access().resource()))
                .map(rows -> rows.size() == 1)
                .recover(SqlFailures::onIssue);
    }

    /** Denies a request, likewise. */
    public Future<Boolean> deny(CredentialDigest user, UUID pluginId, CredentialDigest attempt) {
        return database.query(DECIDE, TokenRows.tuple(TokenRows.bytes(user), pluginId, TokenRows.bytes(attempt), false))
                .map(rows -> rows.size() == 1);
    }

    /** Records that the device polls, and returns what it gets. */
    public Future<Poll> poll(CredentialDigest device, UUID credentialId, UUID pluginId) {
        return database.query(POLL, TokenRows.tuple(TokenRows.bytes(device), credentialId, pluginId, (long)
                        DeviceRequest.INTERVAL_SECONDS))
                .map(rows -> Optional.ofNullable(GrantStore.first(rows))
                        .map(row -> poll(
                                row.getBoolean("approved"), row.getBoolean("is_expired"), row.getBoolean("is_early")))
                        .orElse(Poll.UNKNOWN));
    }

    private static Poll poll(@Nullable Boolean approved, boolean isExpired, boolean isEarly) {
        if (approved != null) {
            return approved ? Poll.APPROVED : Poll.DENIED;
        }
        if (isExpired) {
            return Poll.EXPIRED;
        }
        return isEarly ? Poll.TOO_EARLY : Poll.PENDING;
    }
}
