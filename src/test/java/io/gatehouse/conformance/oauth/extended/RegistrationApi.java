package io.gatehouse.conformance.oauth.extended;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A protected API at which clients register themselves (RFC 7591), and further ones with other limits. */
final class RegistrationApi implements AutoCloseable {
    static final String TOKEN = "the-initial-access-token";
    static final String CONSUMER = "partners";
    static final String TAG = "dynamic-client-registration";
    static final String CALLBACK = "https://app.example/callback";

    final OAuthApi oauth = new OAuthApi(config().put("failed_secrets_per_minute", 0));

    RegistrationApi() {
        oauth.gatehouse.create("/consumers", new JsonObject().put("username", CONSUMER));
    }

    static JsonObject config() {
        return new JsonObject()
                .put("enable_client_registration", true)
                .put("registration_token", TOKEN)
                .put("registration_consumer", CONSUMER)
                .put("registrations_per_minute", 1_000);
    }

    /** Creates another API; returns its path. */
    String protect(String name, JsonObject config) {
        oauth.gatehouse.createApi(name, "/" + name, oauth.upstream.port());
        oauth.gatehouse.protect(name, OAuthApi.allGrants().mergeIn(config));
        return "/" + name;
    }

    /** The metadata of a client with the grant of codes, which sends its secret in the body. */
    static JsonObject metadata() {
        return new JsonObject()
                .put("client_name", "An app")
                .put("redirect_uris", List.of(CALLBACK))
                .put("token_endpoint_auth_method", "client_secret_post");
    }

    HttpRequest.Builder registration(String path, @Nullable String token, JsonObject metadata) {
        HttpRequest.Builder request =
                Http.json("POST", oauth.gatehouse.secureUrl(path + "/oauth2/register"), metadata.encode());
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    Reply register(String path, @Nullable String token, JsonObject metadata) {
        return Http.send(registration(path, token, metadata));
    }

    Reply register(JsonObject metadata) {
        return register(OAuthApi.PATH, TOKEN, metadata);
    }

    JsonObject registered(JsonObject metadata) {
        return register(metadata).isStatus(201).json();
    }

    /** Manages a registration (RFC 7592) with a token. */
    static Reply manage(String method, JsonObject registered, String token, JsonObject body) {
        return Http.send(Http.json(method, registered.getString("registration_client_uri"), body.encode())
                .header("Authorization", "Bearer " + token));
    }

    static Reply manage(String method, JsonObject registered, JsonObject body) {
        return manage(method, registered, registered.getString("registration_access_token"), body);
    }

    /** Credentials of a registered client with more parameters. */
    static Map<String, String> as(JsonObject registered, String... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>(OAuthApi.parameters(namesAndValues));
        parameters.put("client_id", registered.getString("client_id"));
        if (registered.containsKey("client_secret")) {
            parameters.put("client_secret", registered.getString("client_secret"));
        }
        return parameters;
    }

    Reply authorize(JsonObject registered, String responseType, String... namesAndValues) {
        Map<String, String> parameters = oauth.agreed(responseType, namesAndValues);
        parameters.put("client_id", registered.getString("client_id"));
        return oauth.authorize(parameters);
    }

    /** Redeems a new code of a resource owner. */
    JsonObject tokens(JsonObject registered) {
        String redirect = authorize(registered, "code").isStatus(200).json().getString("redirect_uri");
        String code = OAuthApi.queryOf(redirect).get("code");
        return oauth.token(as(registered, "grant_type", "authorization_code", "code", code))
                .isStatus(200)
                .json();
    }

    @Override
    public void close() {
        oauth.close();
    }
}
