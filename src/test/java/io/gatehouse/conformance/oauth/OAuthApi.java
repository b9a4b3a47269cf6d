package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A protected API with every grant, and an application for it, as the conformance tests use them. */
public final class OAuthApi implements AutoCloseable {
    public static final String PROVISION_KEY = "the-provision-key";
    public static final String REDIRECT_URI = "https://client.test/callback";
    public static final String PATH = "/api";

    public final Upstream upstream = Upstream.start();
    public final PostgresConfig postgres;
    public final Gatehouse gatehouse;
    final JsonObject plugin;
    public final JsonObject application;

    public OAuthApi(JsonObject config) {
        this(TestDatabase.create(), config);
    }

    public OAuthApi(PostgresConfig postgres, JsonObject config) {
        this(Gatehouse.config(postgres, List.of()), config);
    }

    /** Starts a node with that configuration. */
    public OAuthApi(GatehouseConfig node, JsonObject config) {
        postgres = node.postgres();
        gatehouse = Gatehouse.start(node);
        gatehouse.createApi("api", PATH, upstream.port());
        plugin = gatehouse.protect("api", allGrants().mergeIn(config));
        application = gatehouse.register("alex", new JsonObject().put("redirect_uris", List.of(REDIRECT_URI)));
    }

    public static JsonObject allGrants() {
        return new JsonObject()
                .put("provision_key", PROVISION_KEY)
                .put("scopes", List.of("email", "profile"))
                .put("enable_authorization_code", true)
                .put("enable_implicit_grant", true)
                .put("enable_password_grant", true);
    }

    /** Parameters by their names; a null value leaves one out. */
    public static Map<String, String> parameters(String... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return parameters;
    }

    /** The application's credentials with more parameters. */
    public Map<String, String> asClient(String... namesAndValues) {
        return asClient(application, namesAndValues);
    }

    public static Map<String, String> asClient(JsonObject client, String... namesAndValues) {
        Map<String, String> parameters = parameters(namesAndValues);
        parameters.put("client_id", client.getString("client_id"));
        if (client.getString("client_type").equals("confidential")) {
            parameters.put("client_secret", client.getString("client_secret"));
        }
        return parameters;
    }

    public Reply token(Map<String, String> parameters) {
        return gatehouse.token(PATH, parameters);
    }

    public Reply post(String endpoint, Map<String, String> parameters) {
        return Http.send(Http.form(gatehouse.secureUrl(PATH + "/oauth2/" + endpoint), parameters));
    }

    /** What a login backend sends when the resource owner agreed. */
    public Map<String, String> agreed(String responseType, String... namesAndValues) {
        Map<String, String> parameters = parameters(namesAndValues);
        parameters.putIfAbsent("client_id", application.getString("client_id"));
        parameters.put("response_type", responseType);
        parameters.put("provision_key", PROVISION_KEY);
        parameters.put("authenticated_userid", "owner-1");
        return parameters;
    }

    public Reply authorize(Map<String, String> parameters) {
        return post("authorize", parameters);
    }

    /** A fresh authorization code. */
    public String code(String... namesAndValues) {
        Reply reply = authorize(agreed("code", namesAndValues)).isStatus(200);
        return queryOf(reply.json().getString("redirect_uri")).get("code");
    }

    /** The answer of a password grant: an access token and a refresh token. */
    public JsonObject tokens(String... namesAndValues) {
        Map<String, String> parameters = asClient(namesAndValues);
        parameters.put("grant_type", "password");
        parameters.put("provision_key", PROVISION_KEY);
        parameters.put("authenticated_userid", "owner-1");
        return token(parameters).isStatus(200).json();
    }

    public Reply refresh(String refreshToken) {
        return token(asClient("grant_type", "refresh_token", "refresh_token", refreshToken));
    }

    public Reply call(String accessToken) {
        return gatehouse.getWithToken(PATH, accessToken);
    }

    public static Map<String, String> queryOf(String uri) {
        return decoded(URI.create(uri).getRawQuery());
    }

    static Map<String, String> fragmentOf(String uri) {
        return decoded(URI.create(uri).getRawFragment());
    }

    private static Map<String, String> decoded(String encoded) {
        assertThat(encoded).isNotNull();
        Map<String, String> decoded = new LinkedHashMap<>();
        for (String pair : encoded.split("&", -1)) {
            int equals = pair.indexOf('=');
            decoded.put(
                    pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return decoded;
    }

    @Override
    public void close() {
        gatehouse.close();
        upstream.close();
    }
}
