package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.PROVISION_KEY;
import static io.gatehouse.conformance.oauth.OAuthApi.REDIRECT_URI;
import static io.gatehouse.conformance.oauth.OAuthApi.parameters;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each grant, for each type of client, with each kind of secret in each place (RFC 6749 §2.3, §5.2). */
class ClientAuthenticationTableTest {
    private static final String VERIFIER = "a-verifier-of-at-least-forty-three-characters-0";
    private static final String CHALLENGE = "S6xMLfJrdwhXm9EJRqmQw6nyYWcpLlPsCEOqmhPUIcs";
    private static final String INVALID_CLIENT = "invalid_client";
    private static final String INVALID_REQUEST = "invalid_request";

    private static OAuthApi api;
    private static List<JsonObject> clients;

    private enum Place {
        BODY,
        HEADER,
        /** The right secret in the header, the one of the row in the body. */
        BOTH
    }

    private enum Secret {
        RIGHT,
        WRONG,
        EMPTY,
        ABSENT
    }

    /** {@code mode}: the path of the API, named like its conformance. */
    private record Row(String mode, String grant, JsonObject client, Place place, Secret secret) {
        boolean isPublic() {
            return client.getString("client_type").equals("public");
        }

        boolean isRfc() {
            return mode.equals("rfc");
        }

        /** The status and the error; the error of a success is empty. */
        String expected() {
            if (place == Place.BOTH) {
                boolean isTwice = secret == Secret.WRONG || (secret == Secret.RIGHT && isRfc());
                return isTwice || isPublic() ? "400 " + INVALID_REQUEST : success();
            }
            boolean isGiven = secret == Secret.RIGHT || secret == Secret.WRONG;
            if (isPublic()) {
                return isGiven ? "400 " + INVALID_REQUEST : success();
            }
            if (secret == Secret.RIGHT) {
                return success();
            }
            return (place == Place.HEADER || isRfc() ? "401 " : "400 ") + INVALID_CLIENT;
        }

        private String success() {
            return isPublic() && grant.equals("client_credentials") ? "400 unauthorized_client" : "200 ";
        }

        @Override
        public String toString() {
            return String.join(" ", mode, grant, client.getString("name"), place.name(), secret.name());
        }
    }

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject());
        for (String mode : List.of("kong", "rfc")) {
            api.gatehouse.createApi(mode, "/" + mode, api.upstream.port());
            api.gatehouse.protect(
                    mode, OAuthApi.allGrants().put("conformance", mode).put("failed_secrets_per_minute", 0));
        }
        clients = List.of(
                register("clear", new JsonObject()),
                register("hashed", new JsonObject().put("hash_secret", true)),
                register("public", new JsonObject().put("client_type", "public")));
    }

    private static JsonObject register(String name, JsonObject more) {
        return api.gatehouse.register(name, more.put("name", name).put("redirect_uris", List.of(REDIRECT_URI)));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @TestFactory
    Stream<DynamicTest> theTable() {
        List<Row> rows = new ArrayList<>();
        for (String mode : List.of("kong", "rfc")) {
            for (String grant : List.of("authorization_code", "client_credentials", "password", "refresh_token")) {
                for (JsonObject client : clients) {
                    for (Place place : Place.values()) {
                        for (Secret secret : Secret.values()) {
                            rows.add(new Row(mode, grant, client, place, secret));
                        }
                    }
                }
            }
        }
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.toString(), () -> check(row)));
    }

    private static void check(Row row) {
        Reply reply = send(row);

        String error = Objects.requireNonNullElse(reply.json().getString("error"), "");
        assertThat(reply.status() + " " + error).as(reply.text()).isEqualTo(row.expected());
        assertThat(reply.header("www-authenticate"))
                .isEqualTo(reply.status() == 401 ? "Basic realm=\"OAuth2.0\"" : null);
        assertThat(reply.json().containsKey("access_token")).isEqualTo(reply.status() == 200);
    }

    private static Reply send(Row row) {
        Map<String, String> parameters = material(row);
        String clientId = row.client.getString("client_id");
        String secret = secret(row);
        if (row.place != Place.HEADER) {
            parameters.put("client_id", clientId);
            if (secret != null) {
                parameters.put("client_secret", secret);
            }
        }
        HttpRequest.Builder request = Http.form(url(row, "token"), parameters);
        if (row.place == Place.HEADER) {
            request.header("Authorization", basic(secret == null ? clientId : clientId + ":" + secret));
        }
        if (row.place == Place.BOTH) {
            request.header("Authorization", basic(clientId + ":" + row.client.getString("client_secret")));
        }
        return Http.send(request);
    }

    private static @Nullable String secret(Row row) {
        return switch (row.secret) {
            case RIGHT -> row.client.getString("client_secret");
            case WRONG -> "wrong";
            case EMPTY -> "";
            case ABSENT -> null;
        };
    }

    /** What the grant needs, good for one success. */
    private static Map<String, String> material(Row row) {
        Map<String, String> parameters = parameters("grant_type", row.grant);
        switch (row.grant) {
            case "authorization_code" -> {
                parameters.put("code", code(row));
                parameters.put("code_verifier", VERIFIER);
            }
            case "refresh_token" -> parameters.put("refresh_token", refreshToken(row));
            case "password" -> parameters.putAll(owner());
            default -> {
                // Client credentials need nothing else.
            }
        }
        return parameters;
    }

    private static String code(Row row) {
        Map<String, String> agreed = api.agreed("code", "client_id", row.client.getString("client_id"));
        agreed.put("code_challenge", CHALLENGE);
        agreed.put("code_challenge_method", "S256");
        Reply reply = Http.send(Http.form(url(row, "authorize"), agreed)).isStatus(200);
        return OAuthApi.queryOf(reply.json().getString("redirect_uri")).get("code");
    }

    private static String refreshToken(Row row) {
        Map<String, String> parameters = OAuthApi.asClient(row.client, "grant_type", "password");
        parameters.putAll(owner());
        return Http.send(Http.form(url(row, "token"), parameters))
                .isStatus(200)
                .json()
                .getString("refresh_token");
    }

    private static Map<String, String> owner() {
        return parameters("provision_key", PROVISION_KEY, "authenticated_userid", "owner-1");
    }

    private static String url(Row row, String endpoint) {
        return api.gatehouse.secureUrl("/" + row.mode + "/oauth2/" + endpoint);
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }
}
