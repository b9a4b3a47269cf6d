package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.RegistrationApi.CALLBACK;
import static io.gatehouse.conformance.oauth.extended.RegistrationApi.TOKEN;
import static io.gatehouse.conformance.oauth.extended.RegistrationApi.as;
import static io.gatehouse.conformance.oauth.extended.RegistrationApi.config;
import static io.gatehouse.conformance.oauth.extended.RegistrationApi.manage;
import static io.gatehouse.conformance.oauth.extended.RegistrationApi.metadata;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Certificates;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Attacks on the registration of clients (RFC 7591 §5, RFC 7592 §5). */
class ForgedRegistrationTest {
    private static final String INVALID_TOKEN = "The access token is invalid";
    private static final String TAKEN = "Another application has one of the redirect_uris";

    private static RegistrationApi api;

    @BeforeAll
    static void start() {
        api = new RegistrationApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static JsonObject redirecting(String... uris) {
        return metadata().put("redirect_uris", List.of(uris));
    }

    @Test
    void wrongInitialAccessToken_isRefused() {
        Reply wrong = api.register(OAuthApi.PATH, TOKEN + "x", metadata());
        wrong.isError(401, "invalid_token", INVALID_TOKEN);
        assertThat(wrong.header("www-authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
        Reply none = api.register(OAuthApi.PATH, null, metadata());
        none.isError(401, "invalid_request", "The access token is missing");
        assertThat(none.header("www-authenticate")).isEqualTo("Bearer");
        // The provision key is another secret.
        api.register(OAuthApi.PATH, OAuthApi.PROVISION_KEY, metadata()).isStatus(401);
    }

    @Test
    void initialAccessToken_isNotGuessed() {
        String path = api.protect("guessed", config().put("failed_secrets_per_minute", 3));
        for (int i = 0; i < 3; i++) {
            api.register(path, "guess-" + i, metadata()).isStatus(401);
        }
        api.register(path, "guess-4", metadata()).isError(429, "slow_down", "Too many wrong registration tokens");
        // The right one does not count as a guess of the others.
        api.register(OAuthApi.PATH, TOKEN, metadata()).isStatus(201);
    }

    @Test
    void redirectUriOfAnApplication_isNotTaken() {
        for (String taken : List.of(
                OAuthApi.REDIRECT_URI,
                "HTTPS://Client.Test/callback",
                "https://client.test:443/callback",
                // A response is added to the query, and replaces its own parameters.
                OAuthApi.REDIRECT_URI + "?",
                OAuthApi.REDIRECT_URI + "?state=x",
                OAuthApi.REDIRECT_URI + "?a=b")) {
            api.register(redirecting(CALLBACK, taken)).isError(400, "invalid_redirect_uri", TAKEN);
        }
        api.oauth.gatehouse.register("shop", new JsonObject().put("redirect_uris", List.of("https://shop.example/")));
        for (String taken : List.of("https://shop.example", "https://SHOP.example:443", "https://shop.example:443/")) {
            api.register(redirecting(taken)).isError(400, "invalid_redirect_uri", TAKEN);
        }
        api.oauth.gatehouse.register(
                "page", new JsonObject().put("redirect_uris", List.of("https://page.example/?view=callback")));
        for (String taken : List.of("https://page.example", "https://page.example/?view=other")) {
            api.register(redirecting(taken)).isError(400, "invalid_redirect_uri", TAKEN);
        }
        api.register(redirecting("https://page.example/callback")).isStatus(201);
        JsonObject client = api.registered(metadata());
        JsonObject change = redirecting(OAuthApi.REDIRECT_URI).put("client_id", client.getString("client_id"));
        manage("PUT", client, change).isError(400, "invalid_redirect_uri", TAKEN);
        // Instances of one app register the same URI, and each device has a loopback interface.
        api.register(metadata()).isStatus(201);
        api.oauth.gatehouse.register("local", new JsonObject().put("redirect_uris", List.of("http://localhost/cb")));
        api.register(redirecting("http://localhost/cb")).isStatus(201);
    }

    @TestFactory
    Stream<DynamicTest> unsafeRedirectUri_isRefused() {
        return Stream.of(
                        "javascript:alert(1)",
                        "javascript://app.example/%0aalert(1)",
                        "data:text/html,x",
                        "https://app.example/callback#fragment",
                        "https://app.example@evil.example/callback",
                        "/callback",
                        "com.example.app:/callback",
                        "https://app.example/" + "x".repeat(2_048),
                        // A browser takes them for http://client.test/callback.
                        "http://client.test/x/../callback",
                        "http://client.test/%2E/callback",
                        "http://client.test:080/callback",
                        "http://client.test:/callback",
                        "http://%63lient.test/callback",
                        "http://\uFF43lient.test/callback",
                        // It takes them for addresses.
                        "http://0300.0.2.1/callback",
                        "http://3221225985/callback",
                        "http://[2001:db8:0::1]/callback",
                        // A server does.
                        "http://client.test./callback",
                        "http://client.test/%63allback",
                        "http://client.test//callback")
                .map(uri -> DynamicTest.dynamicTest(
                        uri.substring(0, Math.min(40, uri.length())),
                        () -> api.register(redirecting(uri))
                                .isError(400, "invalid_redirect_uri", "Invalid redirect_uris")));
    }

    @Test
    void redirectUris_areNeeded_andBounded() {
        api.register(new JsonObject()).isError(400, "invalid_redirect_uri", "Invalid redirect_uris");
        String[] many = IntStream.rangeClosed(1, 21)
                .mapToObj(i -> "https://app.example/" + i)
                .toArray(String[]::new);
        api.register(redirecting(many)).isError(400, "invalid_redirect_uri", "Invalid redirect_uris");
    }

    @TestFactory
    Stream<DynamicTest> invalidMetadata_isRefused() {
        JsonObject set = new JsonObject(MutualTlsApi.set(Certificates.of("CN=x").sign()));
        Map<String, Object> invalid = new LinkedHashMap<>();
        invalid.put("client_name", 1);
        invalid.put("token_endpoint_auth_method", "client_secret_jwt");
        invalid.put("response_types", List.of("token"));
        invalid.put("jwks_uri", "https://app.example/jwks");
        invalid.put("jwks", set);
        invalid.put("dpop_bound_access_tokens", true);
        invalid.put("tls_client_certificate_bound_access_tokens", "true");
        List<DynamicTest> tests = new ArrayList<>();
        invalid.forEach((name, value) -> tests.add(DynamicTest.dynamicTest(
                name,
                () -> api.register(metadata().put(name, value))
                        .isError(400, "invalid_client_metadata", "Invalid " + name))));
        return tests.stream();
    }

    @Test
    void bodyThatIsNoObject_isRefused() {
        String url = api.oauth.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/register");
        for (String body : List.of("", "[]", "null", "{\"a\":1,\"a\":2}", "{}{}", "[".repeat(10_000))) {
            Http.send(Http.json("POST", url, body).header("Authorization", "Bearer " + TOKEN))
                    .isError(400, "invalid_client_metadata", "Expected a JSON object");
        }
        Http.send(Http.form(url, Map.of("redirect_uris", CALLBACK)).header("Authorization", "Bearer " + TOKEN))
                .isError(400, "invalid_client_metadata", "Expected a JSON object");
    }

    @Test
    void grantWithoutAResourceOwner_isNotGiven() {
        for (String grant : List.of("client_credentials", "password", "implicit", "unknown")) {
            api.register(metadata().put("grant_types", List.of("authorization_code", grant)))
                    .isError(400, "invalid_client_metadata", "Invalid grant_types");
        }
        JsonObject client = api.registered(metadata());
        api.oauth
                .token(as(client, "grant_type", "client_credentials"))
                .isError(400, "unauthorized_client", "The client may not use this grant_type");
        api.oauth
                .token(as(
                        client,
                        "grant_type",
                        "password",
                        "provision_key",
                        OAuthApi.PROVISION_KEY,
                        "authenticated_userid",
                        "owner-1"))
                .isError(400, "unauthorized_client", "The client may not use this grant_type");
        String redirect = api.authorize(client, "token").isStatus(400).json().getString("redirect_uri");
        assertThat(OAuthApi.queryOf(redirect)).containsEntry("error", "unauthorized_client");
    }

    @Test
    void client_isOneOfItsPluginAlone() {
        JsonObject client = api.registered(metadata());
        String other = api.protect("another-plugin", config());

        api.oauth
                .gatehouse
                .token(other, as(client, "grant_type", "authorization_code", "code", "x"))
                .isError(400, "invalid_client", "Invalid client authentication");
        Map<String, String> agreed = api.oauth.agreed("code");
        agreed.put("client_id", client.getString("client_id"));
        Http.send(Http.form(api.oauth.gatehouse.secureUrl(other + "/oauth2/authorize"), agreed))
                .isError(400, "invalid_client", "Invalid client authentication");
        // Nor does the other plugin manage it.
        JsonObject atTheOther = client.copy()
                .put(
                        "registration_client_uri",
                        client.getString("registration_client_uri")
                                .replace(OAuthApi.PATH + "/oauth2", other + "/oauth2"));
        manage("GET", atTheOther, new JsonObject()).isError(401, "invalid_token", INVALID_TOKEN);
    }

    @Test
    void registrationOfAnotherClient_isNotManaged() {
        JsonObject one = api.registered(metadata());
        JsonObject two = api.registered(metadata());
        for (String method : List.of("GET", "PUT", "DELETE")) {
            for (String token : List.of(two.getString("registration_access_token"), TOKEN, "x")) {
                manage(method, one, token, metadata()).isError(401, "invalid_token", INVALID_TOKEN);
            }
        }
        JsonObject change = metadata().put("client_id", two.getString("client_id"));
        manage("PUT", one, change).isError(400, "invalid_client_metadata", "Invalid client_id");
        JsonObject method =
                metadata().put("client_id", one.getString("client_id")).put("token_endpoint_auth_method", "none");
        manage("PUT", one, method).isError(400, "invalid_client_metadata", "Invalid token_endpoint_auth_method");
    }

    /** RFC 7592 §2.2: a client does not choose its secret either. */
    @Test
    void change_givesNoMoreThanARegistration() {
        JsonObject client = api.registered(metadata());
        JsonObject change = metadata().put("client_id", client.getString("client_id"));
        for (String grant : List.of("client_credentials", "password", "implicit")) {
            manage("PUT", client, change.copy().put("grant_types", List.of(grant)))
                    .isError(400, "invalid_client_metadata", "Invalid grant_types");
        }
        manage("PUT", client, change.copy().put("jwks_uri", "https://app.example/jwks"))
                .isError(400, "invalid_client_metadata", "Invalid jwks_uri");

        manage("PUT", client, change.copy().put("client_secret", "chosen").put("client_type", "public"))
                .isStatus(200);
        api.oauth
                .token(as(
                        client.copy().put("client_secret", "chosen"), "grant_type", "authorization_code", "code", "x"))
                .isError(400, "invalid_client", "Invalid client authentication");
        assertThat(api.tokens(client).getString("access_token")).isNotNull();
    }

    @Test
    void clients_areBoundedInNumber_alsoAtOnce() {
        String path = api.protect("few", config().put("registration_limit", 3));
        List<CompletableFuture<Reply>> replies = IntStream.range(0, 40)
                .mapToObj(i -> Http.sendAsync(api.registration(path, TOKEN, metadata())))
                .toList();
        List<Reply> all = replies.stream().map(CompletableFuture::join).toList();

        List<Reply> registered =
                all.stream().filter(reply -> reply.status() == 201).toList();
        assertThat(registered).hasSize(3);
        // One issuer works on 16 at once.
        assertThat(all).allSatisfy(reply -> assertThat(reply.status()).isIn(201, 429, 503));
        api.register(path, TOKEN, metadata())
                .isError(503, "temporarily_unavailable", "Too many clients have registered");
        assertThat(manage("DELETE", registered.get(0).json(), new JsonObject()).status())
                .isEqualTo(204);
        api.register(path, TOKEN, metadata()).isStatus(201);
    }

    @Test
    void registrations_areBoundedInRate_alsoAfterADeletion() {
        String path = api.protect("slow", config().put("registrations_per_minute", 2));
        JsonObject first = api.register(path, TOKEN, metadata()).isStatus(201).json();
        api.register(path, TOKEN, metadata()).isStatus(201);
        manage("DELETE", first, new JsonObject());

        api.register(path, TOKEN, metadata())
                .isError(429, "slow_down", "Too many clients have registered in the last minute");
    }

    @Test
    void withoutItsConsumer_noClientRegisters() {
        String path = api.protect("orphaned", config().put("registration_consumer", "missing"));
        api.register(path, TOKEN, metadata())
                .isError(503, "temporarily_unavailable", "The authorization server is unable to answer now");
    }
}
