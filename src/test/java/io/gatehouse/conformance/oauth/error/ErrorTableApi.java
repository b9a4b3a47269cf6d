package io.gatehouse.conformance.oauth.error;

import static io.gatehouse.conformance.oauth.OAuthApi.parameters;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a node with APIs of several configurations and a client of each kind, for the errors of {@link ErrorTableTest}. */
final class ErrorTableApi implements AutoCloseable {
    static final String INVALID_CLIENT = "Invalid client authentication";
    static final String REDIRECT_MISMATCH =
            "Invalid redirect_uri that does not match with any redirect_uri created with the application";

    final OAuthApi api;
    /** A public client. */
    final JsonObject app;
    /** A confidential client beside that of the {@link OAuthApi}. */
    final JsonObject other;
    /** A client without redirect URIs. */
    final JsonObject without;

    ErrorTableApi() {
        api = new OAuthApi(new JsonObject()
                .put("enable_client_credentials", true)
                .put("enable_introspection", true)
                .put("enable_revocation", true)
                .put("failed_secrets_per_minute", 0));
        api.gatehouse.createApi("strict", "/strict", api.upstream.port());
        api.gatehouse.protect(
                "strict",
                OAuthApi.allGrants()
                        .put("failed_secrets_per_minute", 0)
                        .put("pkce", "strict")
                        .put("mandatory_scope", true)
                        .put("realm", "R")
                        .put("required_scopes", List.of("profile")));
        api.gatehouse.createApi("slow", "/slow", api.upstream.port());
        api.gatehouse.protect("slow", OAuthApi.allGrants().put("failed_secrets_per_minute", 1));
        api.gatehouse.createApi("few", "/few", api.upstream.port());
        api.gatehouse.protect("few", new JsonObject().put("enable_client_credentials", true));
        JsonObject callback = new JsonObject().put("redirect_uris", List.of(OAuthApi.REDIRECT_URI));
        other = api.gatehouse.register("other", callback);
        app = api.gatehouse.register("app", callback.copy().put("client_type", "public"));
        without = api.gatehouse.create(
                "/consumers/other/oauth2",
                new JsonObject().put("name", "without").putNull("redirect_uris"));
    }

    static Map<String, String> with(Map<String, String> parameters, String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(parameters);
        changed.put(name, value);
        return changed;
    }

    @Override
    public void close() {
        api.close();
    }
}
