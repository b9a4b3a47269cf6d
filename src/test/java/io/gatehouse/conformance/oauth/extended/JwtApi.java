package io.gatehouse.conformance.oauth.extended;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.gatehouse.conformance.oauth.OAuthApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.ParseException;
import java.util.List;

/** A protected API whose access tokens are JWTs. */
final class JwtApi implements AutoCloseable {
    static final String ISSUER = "https://id.example/api";

    final OAuthApi oauth = new OAuthApi(config().put("token_exchange_clients", List.of("*")));

    static JsonObject config() {
        return new JsonObject()
                .put("enable_jwt_access_tokens", true)
                .put("issuer", ISSUER)
                .put("enable_token_exchange", true)
                .put("enable_introspection", true)
                .put("enable_revocation", true);
    }

    /** The access token of the resource owner {@code owner-1}. */
    String token() {
        return oauth.tokens("scope", "email").getString("access_token");
    }

    Reply keys() {
        return Http.send(Http.get(oauth.gatehouse.secureUrl("/api/oauth2/jwks")));
    }

    JWKSet keySet() {
        try {
            return JWKSet.parse(keys().isStatus(200).text());
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    static SignedJWT parsed(String token) {
        try {
            return SignedJWT.parse(token);
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    static JWTClaimsSet claims(String token) {
        try {
            return parsed(token).getJWTClaimsSet();
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    JsonObject introspect(String token) {
        return oauth.post("introspect", oauth.asClient("token", token))
                .isStatus(200)
                .json();
    }

    /** The first value of a query. */
    String query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:" + oauth.postgres.url(), oauth.postgres.user(), oauth.postgres.password());
    }

    @Override
    public void close() {
        oauth.close();
    }
}
