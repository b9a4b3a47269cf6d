package io.gatehouse.issuer.grant;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.issuer.jwt.AccessTokenSigner;
import io.gatehouse.issuer.jwt.SigningKeys;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.store.SigningKeyStore;
import io.gatehouse.store.StoreFixture;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests which JWT an attempt gets that an issuer serves again, whose clock a test moves. */
class AccessTokenFormTest {
    private static final Map<String, Object> CONFIG =
            Map.of("enable_jwt_access_tokens", true, "issuer", "https://id.example");
    private static final Client CLIENT = new Client(
            UUID.randomUUID(),
            "client",
            List.of(),
            true,
            List.of(),
            ClientMetadata.NONE,
            UUID.randomUUID(),
            "user",
            null);
    private static final Attempt ATTEMPT = new Attempt("an attempt");

    private static StoreFixture store;

    private final AtomicLong now = new AtomicLong(System.currentTimeMillis() / 1_000);

    @BeforeAll
    static void open() {
        store = new StoreFixture();
    }

    @AfterAll
    static void close() {
        store.close();
    }

    /** That of an issuer with a secret of the signing keys. */
    private AccessTokenForm form(String secret) {
        SigningKeys keys = new SigningKeys(
                store.vertx,
                new SigningKeyStore(store.database),
                () -> secret.getBytes(StandardCharsets.UTF_8),
                now::get);
        return new AccessTokenForm(new AccessTokenSigner(store.vertx, keys), now::get);
    }

    private static FreshToken first(AccessTokenForm form, IssuerRequest request) {
        FreshToken pair = FreshToken.pair(ATTEMPT, request, request.access("owner", null, null));
        return await(form.prepare(request).compose(prepared -> form.of(pair, CLIENT, request, null)));
    }

    private static FreshToken again(AccessTokenForm form, FreshToken given, IssuerRequest request) {
        FreshToken ofItsRow = FreshToken.repeated(ATTEMPT, given.stored(), false);
        return await(form.prepare(request).compose(prepared -> form.again(ofItsRow, CLIENT, request)));
    }

    private static long issuedAt(FreshToken token) {
        byte[] claims = Base64.getUrlDecoder().decode(token.accessToken().split("\\.", -1)[1]);
        return new JsonObject(new String(claims, StandardCharsets.UTF_8)).getLong("iat");
    }

    /** Another JWT would replace the one that the client has received from another issuer meanwhile. */
    @Test
    void issuerThatWasPausedForAnHour_givesTheSameJwt() {
        IssuerRequest request = Configs.request(CONFIG, Map.of(), now.get());
        FreshToken given = first(form("secret"), request);
        AccessTokenForm paused = form("secret");
        now.addAndGet(3_600);

        FreshToken token = again(paused, given, request);

        assertThat(token.accessToken()).isEqualTo(given.accessToken());
        assertThat(token.stored()).isEqualTo(given.stored());
    }

    /** It begins when it is given: the time of the attempt may be that of a wrong clock. */
    @Test
    void issuerThatCannotUseTheKey_givesAnotherJwt() {
        long begun = now.get();
        IssuerRequest request = Configs.request(CONFIG, Map.of(), begun);
        FreshToken given = first(form("secret"), request);
        now.addAndGet(3_600);

        FreshToken token = again(form("another secret"), given, request);

        assertThat(issuedAt(given)).isEqualTo(begun);
        assertThat(issuedAt(token)).isEqualTo(now.get());
        assertThat(token.stored().id()).isEqualTo(given.stored().id());
    }
}
