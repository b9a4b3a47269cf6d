package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.extended.RegistrationApi.CALLBACK;
import static io.gatehouse.conformance.oauth.extended.RegistrationApi.CONSUMER;
import static io.gatehouse.conformance.oauth.extended.RegistrationApi.TAG;
import static io.gatehouse.conformance.oauth.extended.RegistrationApi.TOKEN;
import static io.gatehouse.conformance.oauth.extended.RegistrationApi.manage;
import static io.gatehouse.conformance.oauth.extended.RegistrationApi.metadata;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests clients that register themselves (RFC 7591) and manage their registration (RFC 7592). */
class RegistrationTest {
    private static RegistrationApi api;

    @BeforeAll
    static void start() {
        api = new RegistrationApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Reply admin(String path) {
        return api.oauth.gatehouse.admin("GET", path);
    }

    @Test
    void client_registersItself() {
        JsonObject asked = metadata().put("scope", "email").put("unknown", List.of(1));
        asked.remove("token_endpoint_auth_method");
        Reply reply = api.register(asked);

        JsonObject client = reply.isStatus(201).json();
        assertThat(reply.header("cache-control")).isEqualTo("no-store");
        assertThat(client.getString("client_name")).isEqualTo("An app");
        assertThat(client.getJsonArray("redirect_uris")).isEqualTo(JsonArray.of(CALLBACK));
        assertThat(client.getJsonArray("grant_types")).isEqualTo(JsonArray.of("authorization_code"));
        assertThat(client.getJsonArray("response_types")).isEqualTo(JsonArray.of("code"));
        assertThat(client.getString("token_endpoint_auth_method")).isEqualTo("client_secret_basic");
        assertThat(client.getInteger("client_secret_expires_at")).isZero();
        assertThat(client.getLong("client_id_issued_at")).isPositive();
        assertThat(client.containsKey("scope")).isFalse();

        JsonObject stored = admin("/oauth2/" + client.getString("client_id")).json();
        assertThat(stored.getString("client_secret")).startsWith("$pbkdf2-sha512$");
        assertThat(stored.getJsonArray("tags")).isEqualTo(JsonArray.of(TAG));
        assertThat(admin("/consumers/" + CONSUMER).json().getString("id"))
                .isEqualTo(stored.getJsonObject("consumer").getString("id"));
    }

    @Test
    void registeredClient_usesACode() {
        JsonObject client = api.registered(metadata());
        JsonObject tokens = api.tokens(client);

        Reply call = api.oauth.call(tokens.getString("access_token"));
        assertThat(call.upstreamHeader("x-consumer-username")).isEqualTo(CONSUMER);
        api.oauth
                .token(RegistrationApi.as(
                        client, "grant_type", "refresh_token", "refresh_token", tokens.getString("refresh_token")))
                .isStatus(200);
    }

    @Test
    void publicClient_hasNoSecret() {
        JsonObject client = api.registered(metadata().put("token_endpoint_auth_method", "none"));

        assertThat(client.containsKey("client_secret")).isFalse();
        assertThat(client.getString("token_endpoint_auth_method")).isEqualTo("none");
        String redirect = api.authorize(client, "code").isStatus(400).json().getString("redirect_uri");
        assertThat(OAuthApi.queryOf(redirect).get("error_description")).startsWith("code_challenge is required");
    }

    @Test
    void lists_leaveItOut_unlessTheyAskForItsTag() {
        JsonObject client = api.registered(metadata());
        String id = client.getString("client_id");
        String credential = admin("/oauth2/" + id).json().getString("id");

        assertThat(admin("/oauth2?size=1000").text()).doesNotContain(id);
        assertThat(admin("/consumers/" + CONSUMER + "/oauth2").text()).doesNotContain(id);
        assertThat(admin("/oauth2_metadata?size=1000").text()).doesNotContain(credential);
        assertThat(admin("/tags?size=1000").text()).doesNotContain(credential);
        assertThat(admin("/oauth2?size=1000&tags=" + TAG).text()).contains(id);
        assertThat(admin("/consumers/" + CONSUMER + "/oauth2?tags=" + TAG).text())
                .contains(id);
        assertThat(admin("/oauth2_metadata?size=1000&tags=" + TAG).text()).contains(credential);
        assertThat(admin("/tags/" + TAG + "?size=1000").text()).contains(credential);
        assertThat(admin("/oauth2?size=1000").text()).contains(api.oauth.application.getString("client_id"));
    }

    /** An import deletes what a list has and its file has not, and the client would have no grant. */
    @Test
    void lists_leaveItsMetadataOut_whenAnOperatorHasReplacedThem() {
        JsonObject client = api.registered(metadata());
        String path = "/oauth2/" + client.getString("client_id") + "/metadata";
        String id = admin(path).json().getJsonArray("data").getJsonObject(0).getString("id");
        JsonObject replacement = new JsonObject()
                .put("token_endpoint_auth_method", "client_secret_post")
                .put("grant_types", List.of("authorization_code"));

        JsonObject replaced = api.oauth
                .gatehouse
                .admin("PUT", path + "/" + id, replacement)
                .isStatus(200)
                .json();

        assertThat(replaced.getValue("tags")).isNull();
        assertThat(admin("/oauth2_metadata?size=1000").text()).doesNotContain(id);
        assertThat(admin(path).text()).contains(id);
        api.tokens(client);
    }

    @Test
    void client_readsAndChangesItsRegistration() {
        JsonObject client = api.registered(metadata());
        JsonObject read = manage("GET", client, new JsonObject()).isStatus(200).json();
        JsonObject expected = client.copy();
        // It is stored as a hash.
        expected.remove("client_secret");
        expected.remove("client_secret_expires_at");
        assertThat(read).isEqualTo(expected);

        JsonObject change = metadata()
                .put("client_id", client.getString("client_id"))
                .put("client_name", "Another name")
                .put("redirect_uris", List.of("https://app.example/other"));
        JsonObject changed = manage("PUT", client, change).isStatus(200).json();
        assertThat(changed.getString("client_name")).isEqualTo("Another name");
        assertThat(manage("GET", client, new JsonObject()).json()).isEqualTo(changed);
        api.authorize(client, "code", "redirect_uri", "https://app.example/other")
                .isStatus(200);
        api.authorize(client, "code", "redirect_uri", CALLBACK).isStatus(400);
    }

    @Test
    void client_deletesItsRegistration_andItsTokens() {
        JsonObject client = api.registered(metadata());
        String token = api.tokens(client).getString("access_token");
        api.oauth.call(token).isStatus(200);

        Reply deleted = manage("DELETE", client, new JsonObject());

        assertThat(deleted.status()).isEqualTo(204);
        assertThat(deleted.text()).isEmpty();
        api.oauth.call(token).isStatus(401);
        manage("GET", client, new JsonObject()).isError(401, "invalid_token", "The access token is invalid");
        admin("/oauth2/" + client.getString("client_id")).isStatus(404);
    }

    /** It would be an application with each grant. */
    @Test
    void registeredClientWithoutItsMetadata_hasNoGrant() {
        JsonObject client = api.registered(metadata());
        String refreshToken = api.tokens(client).getString("refresh_token");
        JsonObject metadata = admin("/oauth2/" + client.getString("client_id") + "/metadata?tags=" + TAG)
                .json()
                .getJsonArray("data")
                .getJsonObject(0);

        api.oauth
                .gatehouse
                .admin("DELETE", "/oauth2_metadata/" + metadata.getString("id"))
                .isStatus(204);

        api.oauth
                .token(RegistrationApi.as(client, "grant_type", "client_credentials"))
                .isError(400, "unauthorized_client", "The client may not use this grant_type");
        api.oauth
                .token(RegistrationApi.as(client, "grant_type", "refresh_token", "refresh_token", refreshToken))
                .isError(400, "unauthorized_client", "The client may not use this grant_type");
        String redirect = api.authorize(client, "code").isStatus(400).json().getString("redirect_uri");
        assertThat(OAuthApi.queryOf(redirect)).containsEntry("error", "unauthorized_client");
        manage("GET", client, new JsonObject()).isError(401, "invalid_token", "The access token is invalid");
    }

    @Test
    void registeredClient_seesTokensOfOthers_onlyIfItIsNamed() {
        String path = "/introspecting";
        api.oauth.gatehouse.createApi("introspecting", path, api.oauth.upstream.port());
        JsonObject plugin = api.oauth.gatehouse.protect(
                "introspecting",
                OAuthApi.allGrants()
                        .mergeIn(RegistrationApi.config())
                        .put("enable_introspection", true)
                        .put("introspection_clients", List.of("*")));
        String token = api.oauth.gatehouse.clientCredentialsToken(path, api.oauth.application);
        JsonObject server = api.oauth.gatehouse.register("resource-server", new JsonObject());
        JsonObject client = api.register(path, TOKEN, metadata()).isStatus(201).json();

        assertThat(isActive(path, OAuthApi.asClient(server, "token", token))).isTrue();
        assertThat(isActive(path, RegistrationApi.as(client, "token", token))).isFalse();
        JsonObject named = new JsonObject().put("introspection_clients", List.of(client.getString("client_id")));
        api.oauth
                .gatehouse
                .admin("PATCH", "/plugins/" + plugin.getString("id"), new JsonObject().put("config", named))
                .isStatus(200);
        assertThat(isActive(path, RegistrationApi.as(client, "token", token))).isTrue();
    }

    private static boolean isActive(String path, Map<String, String> parameters) {
        return Http.send(Http.form(api.oauth.gatehouse.secureUrl(path + "/oauth2/introspect"), parameters))
                .isStatus(200)
                .json()
                .getBoolean("active");
    }

    @Test
    void methods_areThoseOfTheRfcs() {
        JsonObject client = api.registered(metadata());
        Reply post = manage("POST", client, metadata());
        assertThat(post.status()).isEqualTo(405);
        assertThat(post.header("allow")).isEqualTo("GET, PUT, DELETE");
        Reply get = Http.send(Http.get(api.oauth.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/register")));
        assertThat(get.status()).isEqualTo(405);
        assertThat(get.header("allow")).isEqualTo("POST");
    }

    @Test
    void metadataOfTheServer_namesTheEndpoint_onlyIfItIsEnabled() {
        String document = OAuthApi.PATH + "/.well-known/oauth-authorization-server";
        assertThat(Http.send(Http.get(api.oauth.gatehouse.secureUrl(document)))
                        .json()
                        .getString("registration_endpoint"))
                .isEqualTo(api.oauth.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/register"));

        String off = api.protect("off", new JsonObject());
        assertThat(Http.send(Http.get(api.oauth.gatehouse.secureUrl(off + "/.well-known/oauth-authorization-server")))
                        .json()
                        .containsKey("registration_endpoint"))
                .isFalse();
        // It is an API call there.
        api.register(off, TOKEN, metadata())
                .isError(401, "invalid_token", "The access token is invalid or has expired");
    }

    @Test
    void initialAccessToken_isGeneratedWhenRegistrationIsEnabled() {
        api.oauth.gatehouse.createApi("generated", "/generated", api.oauth.upstream.port());
        JsonObject plugin = api.oauth.gatehouse.protect("generated", new JsonObject());
        assertThat(plugin.getJsonObject("config").getString("registration_token"))
                .isNull();
        String path = "/plugins/" + plugin.getString("id");

        Reply withoutConsumer = api.oauth.gatehouse.admin(
                "PATCH",
                path,
                new JsonObject().put("config", new JsonObject().put("enable_client_registration", true)));
        assertThat(withoutConsumer.status()).isEqualTo(400);
        JsonObject enabled = api.oauth
                .gatehouse
                .admin(
                        "PATCH",
                        path,
                        new JsonObject()
                                .put(
                                        "config",
                                        new JsonObject()
                                                .put("enable_client_registration", true)
                                                .put("registration_consumer", CONSUMER)))
                .isStatus(200)
                .json();
        String token = enabled.getJsonObject("config").getString("registration_token");
        assertThat(token).hasSize(32);
        // This plugin has no grant of codes.
        api.register("/generated", token, metadata()).isError(400, "invalid_client_metadata", "Invalid grant_types");
    }

    @Test
    void grantTypes_ofAnApplicationOfTheAdminApi_restrictItToo() {
        JsonObject application = api.oauth.gatehouse.register(
                "restricted", new JsonObject().put("redirect_uris", List.of("https://restricted.example/callback")));
        api.oauth.gatehouse.create(
                "/oauth2/" + application.getString("id") + "/metadata",
                new JsonObject().put("grant_types", List.of("authorization_code")));

        api.oauth
                .token(OAuthApi.asClient(application, "grant_type", "client_credentials"))
                .isError(400, "unauthorized_client", "The client may not use this grant_type");
    }
}
