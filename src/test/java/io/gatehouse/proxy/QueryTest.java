package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The query is forwarded byte for byte, and plugins read its decoded values. */
class QueryTest {
    /** One character for each byte: a bare percent sign, UTF-8, Latin-1, and bytes that are text in no encoding. */
    private static final String QUERY = "q=100%&n=\u00c3\u00a9&l=\u00e9&x=\u0080\u009b\u00ff&z=%zz%4&e=%C3%A9";

    private static final AtomicReference<String> SEEN = new AtomicReference<>("");

    private static Gatehouse gatehouse;
    private static Upstream upstream;
    private static Vertx vertx;
    private static HttpClient http2;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        upstream.behave(request -> {
            SEEN.set(request.uri());
            Upstream.echo(request);
        });
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/api", upstream.port());
        gatehouse.create(
                "/services", new JsonObject().put("name", "greeter").put("url", "grpc://127.0.0.1:" + upstream.port()));
        gatehouse.create(
                "/services/greeter/routes",
                new JsonObject()
                        .put("protocols", List.of("grpc"))
                        .put("paths", List.of("/greeter."))
                        .put("strip_path", false));
        gatehouse.create("/consumers", new JsonObject().put("username", "alex"));
        vertx = Vertx.vertx();
        http2 = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
    }

    @AfterAll
    static void stop() {
        Gatehouse.await(vertx.close());
        gatehouse.close();
        upstream.close();
    }

    private static String plugged(String name, JsonObject config) {
        gatehouse.createApi(name, "/" + name, upstream.port());
        gatehouse.create(
                "/services/" + name + "/plugins",
                new JsonObject().put("name", name).put("config", config));
        return "/" + name;
    }

    private static int http1(String target) {
        SEEN.set("");
        return RawClient.send(gatehouse, "GET " + target + " HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
                .status();
    }

    private static int http2(String target, String contentType) {
        SEEN.set("");
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("localhost")
                .setPort(gatehouse.node().port("proxy.http"))
                .setURI(target)
                .putHeader("content-type", contentType);
        return Gatehouse.await(http2.request(options)
                .compose(request -> request.send(Buffer.buffer("x")))
                .map(response -> response.statusCode()));
    }

    @Test
    void theUpstreamReceivesTheSameBytesFromBothProtocolsInBoth() {
        assertThat(http1("/api?" + QUERY)).isEqualTo(200);
        assertThat(SEEN.get()).isEqualTo("/?" + QUERY);
        assertThat(http2("/api?" + QUERY, "text/plain")).isEqualTo(200);
        assertThat(SEEN.get()).isEqualTo("/?" + QUERY);
        assertThat(http2("/greeter.G/Greet?" + QUERY, "application/grpc")).isEqualTo(200);
        assertThat(SEEN.get()).isEqualTo("/greeter.G/Greet?" + QUERY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=%00", "a=\u0001", "a=\u001b", "a=\u007f", "a=\u0000"})
    void controlCharactersAreRejected(String query) {
        assertThat(http1("/api?" + query)).isEqualTo(400);
        assertThat(http2("/api?" + query, "text/plain")).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/%", "/api/%zz", "/api/\u00c3\u00a9"})
    void thePathIsStillReadStrictly(String target) {
        assertThat(http1(target)).isEqualTo(400);
        assertThat(http2(target, "text/plain")).isEqualTo(400);
    }

    @Test
    void aKeyIsReadFromSuchAQueryAndHiddenWithoutAnotherChange() {
        String path = plugged("key-auth", new JsonObject().put("hide_credentials", true));
        gatehouse.create("/consumers/alex/key-auth", new JsonObject().put("key", "schlüssel 100%"));
        for (String key : List.of(
                "schl\u00c3\u00bcssel+100%",
                "schl%C3%BCssel%20100%25", "schl%C3\u00bcssel+100%", "s%63hl%c3%bcssel+100%")) {
            assertThat(http1(path + "?" + QUERY + "&apikey=" + key)).as(key).isEqualTo(200);
            assertThat(SEEN.get()).isEqualTo("/?" + QUERY);
        }
        assertThat(http1(path + "?api%6bey=schl%C3%BCssel+100%&" + QUERY)).isEqualTo(200);
        assertThat(SEEN.get()).isEqualTo("/?" + QUERY);
        assertThat(http1(path + "?" + QUERY + "&apikey=schl\u00fcssel+100%")).isEqualTo(401);
    }

    @Test
    void aTokenIsReadFromSuchAQueryAndHiddenWithoutAnotherChange() {
        gatehouse.createApi("oauth2", "/oauth2", upstream.port());
        gatehouse.protect("oauth2", new JsonObject().put("hide_credentials", true));
        String token = gatehouse.clientCredentialsToken("/oauth2", gatehouse.register("reader", new JsonObject()));

        assertThat(http1("/oauth2?" + QUERY + "&access_token=" + token)).isEqualTo(200);
        assertThat(SEEN.get()).isEqualTo("/?" + QUERY);
        // What else is in the query, and how often, is the upstream's business; two tokens are none.
        assertThat(http1("/oauth2?tag=a&tag=b&access_token=" + token)).isEqualTo(200);
        assertThat(http1("/oauth2?access_token=" + token + "&access%5Ftoken=" + token))
                .isEqualTo(401);
    }

    @Test
    void aJwtIsReadFromSuchAQuery() {
        String path = plugged("jwt", new JsonObject());
        JsonObject credential = gatehouse.create("/consumers/alex/jwt", new JsonObject());
        String token = Jwts.hmac(
                new JsonObject().put("alg", "HS256"),
                "HS256",
                credential.getString("secret").getBytes(StandardCharsets.UTF_8),
                new JsonObject().put("iss", credential.getString("key")));
        assertThat(http1(path + "?" + QUERY + "&jwt=" + token)).isEqualTo(200);
        assertThat(SEEN.get()).isEqualTo("/?" + QUERY + "&jwt=" + token);
    }

    @Test
    void aFormWithRawUtf8ReachesTheUpstreamUnchangedExceptTheKey() {
        gatehouse.createApi("forms", "/forms", upstream.port());
        gatehouse.create(
                "/services/forms/plugins",
                new JsonObject()
                        .put("name", "key-auth")
                        .put(
                                "config",
                                new JsonObject().put("hide_credentials", true).put("key_in_body", true)));
        gatehouse.create("/consumers/alex/key-auth", new JsonObject().put("key", "in-a-form"));
        AtomicReference<Buffer> body = new AtomicReference<>(Buffer.buffer());
        upstream.behave(request -> request.body().onSuccess(read -> {
            body.set(read);
            request.response().end();
        }));
        try {
            postForm("l=\u00e9&apikey=in-a-form&n=%c3%a9".getBytes(StandardCharsets.UTF_8))
                    .isStatus(200);
            assertThat(Objects.requireNonNull(body.get()).getBytes())
                    .isEqualTo("l=\u00e9&n=%c3%a9".getBytes(StandardCharsets.UTF_8));
            // Another encoding is a malformed form, in which the oauth2 plugin finds no parameter either.
            postForm("l=\u00e9&apikey=in-a-form".getBytes(StandardCharsets.ISO_8859_1))
                    .isMessage(401, "No API key found in request");
        } finally {
            upstream.behave(request -> {
                SEEN.set(request.uri());
                Upstream.echo(request);
            });
        }
    }

    private static Reply postForm(byte[] form) {
        return Http.send(Http.get(gatehouse.proxyUrl("/forms"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofByteArray(form)));
    }
}
