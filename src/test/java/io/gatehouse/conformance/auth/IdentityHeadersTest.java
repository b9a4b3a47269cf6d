package io.gatehouse.conformance.auth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.conformance.PluginApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests identity headers of names beyond ASCII. */
class IdentityHeadersTest {
    private static final PostgresConfig POSTGRES = TestDatabase.create();
    private static final String USER = "用户";
    private static final String OTHER = "密户";
    private static final String EVIL = "a\r\nX-Evil: 1";

    private static PluginApi api;
    private static String keyed;
    private static String grpc;
    private static Vertx vertx;
    private static HttpClient http2;

    @BeforeAll
    static void start() {
        api = new PluginApi(Gatehouse.start(POSTGRES));
        keyed = api.protectedBy("key-auth", new JsonObject());
        api.add(keyed, "acl", new JsonObject().put("deny", List.of("absent-at-all")));
        grpc = "/greeter.";
        api.gatehouse.create(
                "/services",
                new JsonObject().put("name", "greeter").put("url", "grpc://127.0.0.1:" + api.upstream.port()));
        api.gatehouse.create(
                "/services/greeter/routes",
                new JsonObject()
                        .put("protocols", List.of("grpc"))
                        .put("paths", List.of(grpc))
                        .put("strip_path", false));
        api.gatehouse.create("/services/greeter/plugins", new JsonObject().put("name", "key-auth"));
        vertx = Vertx.vertx();
        http2 = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
    }

    @AfterAll
    static void stop() {
        Gatehouse.await(vertx.close());
        api.close();
    }

    /** Returns the header that the upstream received as UTF-8; null if it received none. */
    private static @Nullable String utf8(JsonObject echo, String header) {
        String value = echo.getJsonObject("headers").getString(header);
        return value == null ? null : new String(value.getBytes(ISO_8859_1), UTF_8);
    }

    private static JsonObject consumer(String username, @Nullable String customId) {
        return api.gatehouse.create(
                "/consumers", new JsonObject().put("username", username).put("custom_id", customId));
    }

    private static String key(JsonObject consumer) {
        return api.gatehouse
                .create("/consumers/" + consumer.getString("id") + "/key-auth", new JsonObject())
                .getString("key");
    }

    private static JsonObject overHttp1(String key) {
        return api.gatehouse.get(keyed, "apikey", key).isStatus(200).json();
    }

    private static JsonObject overHttp2(String key) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("localhost")
                .setPort(api.gatehouse.node().port("proxy.http"))
                .setURI(grpc + "G/Greet")
                .putHeader("content-type", "application/grpc")
                .putHeader("apikey", key);
        Buffer body = Gatehouse.await(http2.request(options)
                .compose(request -> request.send(Buffer.buffer("x")).compose(response -> {
                    assertThat(response.statusCode()).isEqualTo(200);
                    return response.body();
                })));
        return new JsonObject(body);
    }

    private static void rest(String sql, Object... values) {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + POSTGRES.url(), POSTGRES.user(), POSTGRES.password());
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            assertThat(statement.executeUpdate()).isEqualTo(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void namesOfConsumersReachBothProtocolsAsUtf8() {
        JsonObject user = consumer(USER, "é-" + USER);
        JsonObject other = consumer(OTHER, null);
        api.gatehouse.create("/consumers/" + user.getString("id") + "/acls", new JsonObject().put("group", "组"));
        api.gatehouse.create("/consumers/" + user.getString("id") + "/acls", new JsonObject().put("group", "staff"));

        for (JsonObject echo : List.of(overHttp1(key(user)), overHttp2(key(user)))) {
            assertThat(utf8(echo, "x-consumer-username")).isEqualTo(USER);
            assertThat(utf8(echo, "x-consumer-custom-id")).isEqualTo("é-" + USER);
        }
        assertThat(String.valueOf(utf8(overHttp1(key(user)), "x-consumer-groups"))
                        .split(", "))
                .containsExactlyInAnyOrder("组", "staff");
        for (JsonObject echo : List.of(overHttp1(key(other)), overHttp2(key(other)))) {
            assertThat(utf8(echo, "x-consumer-username")).isEqualTo(OTHER);
        }
    }

    @Test
    void whatATokenSaysReachesTheUpstreamAsUtf8() {
        String path = api.open();
        api.add(
                path,
                "oauth2",
                new JsonObject()
                        .put("enable_password_grant", true)
                        .put("provision_key", "p")
                        .put("scopes", List.of("email", "邮件")));
        JsonObject client = api.gatehouse.register("reader", new JsonObject().put("client_id", "客户"));
        String token = api.gatehouse
                .token(
                        path,
                        Map.of(
                                "grant_type", "password",
                                "client_id", "客户",
                                "client_secret", client.getString("client_secret"),
                                "provision_key", "p",
                                "authenticated_userid", USER,
                                "scope", "邮件"))
                .isStatus(200)
                .json()
                .getString("access_token");

        JsonObject echo = api.gatehouse.getWithToken(path, token).isStatus(200).json();

        assertThat(utf8(echo, "x-authenticated-userid")).isEqualTo(USER);
        assertThat(utf8(echo, "x-authenticated-scope")).isEqualTo("邮件");
        assertThat(utf8(echo, "x-credential-identifier")).isEqualTo("客户");
    }

    @Test
    void storedControlCharactersAreEscaped() {
        JsonObject consumer = consumer("resting", null);
        String key = key(consumer);
        api.gatehouse.create(
                "/consumers/" + consumer.getString("id") + "/acls", new JsonObject().put("group", "resting"));
        rest("UPDATE consumers SET username = ?, custom_id = ? WHERE username = 'resting'", EVIL, "b\u001b\t");
        rest("UPDATE acls SET \"group\" = ? WHERE \"group\" = 'resting'", "a, admins\n");

        JsonObject echo = overHttp1(key);

        assertThat(utf8(echo, "x-evil")).isNull();
        assertThat(utf8(echo, "x-consumer-username")).isEqualTo("a%0D%0AX-Evil: 1");
        assertThat(utf8(echo, "x-consumer-custom-id")).isEqualTo("b%1B%09");
        assertThat(utf8(echo, "x-consumer-groups")).isEqualTo("a%2C admins%0A");
        assertThat(utf8(overHttp2(key), "x-consumer-username")).isEqualTo("a%0D%0AX-Evil: 1");
    }

    @Test
    void configuredHeadersOfPluginsAreSentAsUtf8() {
        String path = api.protectedBy("cors", new JsonObject().put("exposed_headers", List.of("X-é")));
        Reply reply = api.gatehouse.get(path, "Origin", "http://a.test").isStatus(200);
        assertThat(new String(
                        Objects.requireNonNull(reply.header("access-control-expose-headers"))
                                .getBytes(ISO_8859_1),
                        UTF_8))
                .isEqualTo("X-é");
        String ended = api.protectedBy(
                "request-termination",
                new JsonObject().put("content_type", "text/plain; title=用").put("body", "x"));
        Reply answer = Http.send(Http.get(api.gatehouse.proxyUrl(ended))).isStatus(503);
        assertThat(new String(
                        Objects.requireNonNull(answer.header("content-type")).getBytes(ISO_8859_1), UTF_8))
                .isEqualTo("text/plain; title=用");
    }
}
