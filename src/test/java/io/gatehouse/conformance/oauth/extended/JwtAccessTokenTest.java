package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.OAuthApi.asClient;
import static io.gatehouse.conformance.oauth.extended.JwtApi.ISSUER;
import static io.gatehouse.conformance.oauth.extended.JwtApi.claims;
import static io.gatehouse.conformance.oauth.extended.JwtApi.parsed;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.gatehouse.oauth.SigningKey;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests access tokens that are JWTs (RFC 9068), and the keys that are published for them. {@link ForgedJwtTest} has the attacks. */
class JwtAccessTokenTest {
    private static JwtApi api;

    @BeforeAll
    static void start() {
        api = new JwtApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void token_hasTheClaimsOfTheGrantAndAPublishedKey() throws JOSEException, ParseException {
        JsonObject tokens = api.oauth.tokens("scope", "email");
        SignedJWT jwt = parsed(tokens.getString("access_token"));

        assertThat(jwt.getHeader().toJSONObject())
                .containsOnlyKeys("typ", "alg", "kid")
                .containsEntry("typ", "at+jwt")
                .containsEntry("alg", "RS256");
        assertThat(jwt.verify(new RSASSAVerifier(
                        api.keySet().getKeyByKeyId(jwt.getHeader().getKeyID()).toRSAKey())))
                .isTrue();
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        assertThat(claims.getClaims()).containsOnlyKeys("iss", "sub", "aud", "client_id", "iat", "exp", "jti", "scope");
        assertThat(claims.getIssuer()).isEqualTo(ISSUER);
        assertThat(claims.getSubject()).isEqualTo("owner-1");
        // The Route's path below the origin of the issuer.
        assertThat(claims.getAudience()).containsExactly("https://id.example/api");
        assertThat(claims.getStringClaim("client_id")).isEqualTo(api.oauth.application.getString("client_id"));
        assertThat(claims.getStringClaim("scope")).isEqualTo("email");
        assertThat(Duration.between(
                        claims.getIssueTime().toInstant(),
                        claims.getExpirationTime().toInstant()))
                .isEqualTo(Duration.ofHours(2));
        assertThat(tokens.getString("refresh_token")).matches("[A-Za-z0-9]{32}");
    }

    @Test
    void token_isUsedAsAnOpaqueOne() {
        JsonObject tokens = api.oauth.tokens("scope", "email");
        String token = tokens.getString("access_token");
        Reply call = api.oauth.call(token).isStatus(200);
        assertThat(call.upstreamHeader("x-authenticated-userid")).isEqualTo("owner-1");
        JsonObject shown = api.introspect(token);
        assertThat(shown.getBoolean("active")).isTrue();
        assertThat(shown.getString("sub")).isEqualTo(claims(token).getSubject());

        String next = api.oauth
                .refresh(tokens.getString("refresh_token"))
                .isStatus(200)
                .json()
                .getString("access_token");

        assertThat(claims(next).getJWTID()).isNotEqualTo(claims(token).getJWTID());
        api.oauth.call(next).isStatus(200);
        api.oauth.call(token).isStatus(401);
    }

    @Test
    void tokenOfAClient_isOfItselfAndForTheResourceThatItNames() {
        String client = api.oauth.application.getString("client_id");
        String resource = "https://id.example/api";
        Map<String, String> parameters = Gatehouse.clientCredentials(api.oauth.application);
        parameters.put("resource", resource);

        String token = api.oauth.token(parameters).isStatus(200).json().getString("access_token");

        assertThat(claims(token).getSubject()).isEqualTo(client);
        assertThat(claims(token).getAudience()).containsExactly(resource);
    }

    @Test
    void redeemedCode_givesAJwt() {
        String code = api.oauth.code("scope", "profile");

        String token = api.oauth
                .token(api.oauth.asClient("grant_type", "authorization_code", "code", code))
                .isStatus(200)
                .json()
                .getString("access_token");

        assertThat(claims(token).getClaim("scope")).isEqualTo("profile");
        api.oauth.call(token).isStatus(200);
    }

    /** They have all connections of the pool, and the first key is not created yet. */
    @Test
    void codesThatAreRedeemedAtOnce_giveTheFirstJwts() {
        try (JwtApi fresh = new JwtApi()) {
            String url = fresh.oauth.gatehouse.secureUrl("/api/oauth2/token");
            List<String> codes =
                    IntStream.range(0, 32).mapToObj(i -> fresh.oauth.code()).toList();

            List<CompletableFuture<Reply>> replies = codes.stream()
                    .map(code -> fresh.oauth.asClient("grant_type", "authorization_code", "code", code))
                    .map(parameters -> Http.sendAsync(Http.form(url, parameters)))
                    .toList();

            replies.forEach(reply -> reply.join().isStatus(200));
        }
    }

    @Test
    void exchangedToken_showsTheActor() throws ParseException {
        JsonObject exchanger = api.oauth.gatehouse.register("exchanger", new JsonObject());
        String actor = api.oauth.gatehouse.clientCredentialsToken("/api", exchanger);

        String token = api.oauth
                .token(ExchangeApi.request(exchanger, api.token(), "actor_token", actor))
                .isStatus(200)
                .json()
                .getString("access_token");

        String client = exchanger.getString("client_id");
        assertThat(claims(token).getSubject()).isEqualTo("owner-1");
        assertThat(claims(token).getJSONObjectClaim("act")).isEqualTo(Map.of("sub", client, "client_id", client));
    }

    @Test
    void token_isRevokedByItsIdAtOnce() {
        String byId = api.token();
        api.oauth.call(byId).isStatus(200);
        api.oauth
                .gatehouse
                .admin("DELETE", "/oauth2_tokens/" + claims(byId).getJWTID())
                .isStatus(204);
        api.oauth.call(byId).isStatus(401);

        String byClient = api.token();
        api.oauth.call(byClient).isStatus(200);
        api.oauth.post("revoke", api.oauth.asClient("token", byClient)).isStatus(200);
        api.oauth.call(byClient).isStatus(401);
    }

    @Test
    void keySet_hasPublicKeysAlone() throws SQLException {
        api.token();

        Reply reply = api.keys().isStatus(200);

        assertThat(reply.header("cache-control")).isEqualTo("public, max-age=300");
        assertThat(reply.header("pragma")).isNull();
        JsonObject key = reply.json().getJsonArray("keys").getJsonObject(0);
        assertThat(key.fieldNames()).containsExactlyInAnyOrder("kty", "e", "n", "use", "alg", "kid");
        byte[] stored = Base64.getDecoder().decode(api.query("SELECT private_key FROM oauth2_signing_keys LIMIT 1"));
        assertThat(new String(stored, StandardCharsets.ISO_8859_1)).doesNotContain("\"kty\":", "\"d\":\"");
    }

    @Test
    void keySet_isReadOverTlsAlone() {
        String url = api.oauth.gatehouse.secureUrl("/api/oauth2/jwks");
        Reply post = Http.send(Http.form(url, Map.of()));
        post.isError(405, "invalid_method", "The HTTP method POST is invalid for the key set");
        assertThat(post.header("allow")).isEqualTo("GET, HEAD");
        api.oauth.gatehouse.get("/api/oauth2/jwks").isError(400, "access_denied", "You must use HTTPS");
    }

    @Test
    void keySet_isPublishedOnlyWhereItIsEnabled() {
        String metadata = "/.well-known/oauth-authorization-server/";
        assertThat(Http.send(Http.get(api.oauth.gatehouse.secureUrl(metadata + "api")))
                        .json()
                        .getString("jwks_uri"))
                .isEqualTo(ISSUER + "/oauth2/jwks");
        api.oauth.gatehouse.createApi("opaque", "/opaque", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("opaque", new JsonObject().put("issuer", "https://id.example/opaque"));
        assertThat(Http.send(Http.get(api.oauth.gatehouse.secureUrl(metadata + "opaque")))
                        .text())
                .doesNotContain("jwks");
        Http.send(Http.get(api.oauth.gatehouse.secureUrl("/opaque/oauth2/jwks")))
                .isStatus(401);
        assertThat(api.oauth.gatehouse.clientCredentialsToken("/opaque", api.oauth.application))
                .matches("[A-Za-z0-9]{32}");
    }

    @ParameterizedTest
    @CsvSource({"0,false", "604801,false", "604800,true", "1,true"})
    void plugin_hasAnEndForItsTokens(long expiration, boolean isAccepted) {
        assertThat(SigningKey.MAX_LIFE_SECONDS).isEqualTo(604_800);
        Reply reply = create(new JsonObject()
                .put("enable_jwt_access_tokens", true)
                .put("issuer", ISSUER)
                .put("token_expiration", expiration));

        if (isAccepted) {
            reply.isStatus(201);
        } else {
            assertThat(violation(reply, "token_expiration")).isEqualTo("value should be between 1 and 604800");
        }
    }

    @Test
    void plugin_needsAnIssuer() {
        assertThat(violation(create(new JsonObject().put("enable_jwt_access_tokens", true)), "issuer"))
                .isEqualTo("required field missing");
    }

    private static Reply create(JsonObject config) {
        String service = api.oauth
                .gatehouse
                .create("/services", new JsonObject().put("host", "h"))
                .getString("id");
        return api.oauth.gatehouse.admin(
                "POST",
                "/services/" + service + "/plugins",
                new JsonObject().put("name", "oauth2").put("config", config.put("enable_client_credentials", true)));
    }

    private static String violation(Reply reply, String field) {
        return reply.isStatus(400)
                .json()
                .getJsonObject("fields")
                .getJsonObject("config")
                .getString(field);
    }

    @Test
    void tokenThatNoRequestCouldCarry_isNotIssued() {
        List<String> scopes = IntStream.range(0, 400)
                .mapToObj(i -> "a-scope-with-a-long-name-" + i)
                .toList();
        api.oauth.gatehouse.createApi("long", "/long", api.oauth.upstream.port());
        api.oauth.gatehouse.protect("long", JwtApi.config().put("scopes", scopes));

        api.oauth
                .gatehouse
                .token(
                        "/long",
                        asClient(
                                api.oauth.application,
                                "grant_type",
                                "client_credentials",
                                "scope",
                                String.join(" ", scopes)))
                .isError(400, "invalid_request", "The access token would have more than 8192 characters");
    }
}
