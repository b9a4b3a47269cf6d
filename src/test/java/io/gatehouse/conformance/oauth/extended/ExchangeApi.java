package io.gatehouse.conformance.oauth.extended;

import static io.gatehouse.conformance.oauth.OAuthApi.PATH;
import static io.gatehouse.conformance.oauth.OAuthApi.PROVISION_KEY;
import static io.gatehouse.conformance.oauth.OAuthApi.asClient;

import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** A protected API whose plugin exchanges tokens, with two applications that it names and one that it does not. */
final class ExchangeApi implements AutoCloseable {
    static final String GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
    static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

    final OAuthApi oauth;
    final JsonObject orders;
    final JsonObject billing;
    final JsonObject unnamed;

    ExchangeApi() {
        oauth = new OAuthApi(new JsonObject()
                .put("enable_token_exchange", true)
                .put("token_exchange_clients", List.of("orders", "billing"))
                .put("enable_introspection", true)
                .put("enable_revocation", true)
                .put("introspection_clients", List.of("*")));
        orders = register("orders");
        billing = register("billing");
        unnamed = register("unnamed");
    }

    /** An application of a Consumer of its own. */
    JsonObject register(String clientId) {
        return oauth.gatehouse.register("team-" + clientId, new JsonObject().put("client_id", clientId));
    }

    /** The tokens of a resource owner at an application. */
    JsonObject tokens(JsonObject application, String... namesAndValues) {
        Map<String, String> parameters = asClient(application, namesAndValues);
        parameters.put("grant_type", "password");
        parameters.put("provision_key", PROVISION_KEY);
        parameters.putIfAbsent("authenticated_userid", "owner-1");
        return oauth.token(parameters).isStatus(200).json();
    }

    /** An access token of the resource owner {@code owner-1} with two scopes. */
    String subject() {
        return tokens(oauth.application, "scope", "email profile").getString("access_token");
    }

    /** An access token of an application itself. */
    String ofClient(JsonObject application) {
        return oauth.gatehouse.clientCredentialsToken(PATH, application);
    }

    static Map<String, String> request(JsonObject client, String subject, String... namesAndValues) {
        Map<String, String> parameters = asClient(client, namesAndValues);
        parameters.put("grant_type", GRANT);
        parameters.put("subject_token", subject);
        parameters.putIfAbsent("subject_token_type", ACCESS_TOKEN);
        if (parameters.containsKey("actor_token")) {
            parameters.putIfAbsent("actor_token_type", ACCESS_TOKEN);
        }
        return parameters;
    }

    Reply exchange(JsonObject client, String subject, String... namesAndValues) {
        return oauth.token(request(client, subject, namesAndValues));
    }

    /** The access token of an exchange that succeeds. */
    String exchanged(JsonObject client, String subject, String... namesAndValues) {
        return exchange(client, subject, namesAndValues).isStatus(200).json().getString("access_token");
    }

    JsonObject introspect(String token) {
        return oauth.post("introspect", asClient(unnamed, "token", token))
                .isStatus(200)
                .json();
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:" + oauth.postgres.url(), oauth.postgres.user(), oauth.postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The condition that a row is that of an access token. */
    static String isRowOf(String accessToken) {
        return "access_token_digest = sha256(convert_to('" + accessToken + "', 'UTF8'))";
    }

    @Override
    public void close() {
        oauth.close();
    }
}
