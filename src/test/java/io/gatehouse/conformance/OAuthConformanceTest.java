package io.gatehouse.conformance;

import static io.gatehouse.conformance.OAuthApi.PROVISION_KEY;
import static io.gatehouse.conformance.OAuthApi.REDIRECT_URI;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.oauth.Departure;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.LoggerFactory;

/** {@code config.conformance}: the table in the code, the one in docs/reference/oauth2.md, and the responses. */
class OAuthConformanceTest {
    private static final Map<Departure, Function<String, String>> SITUATIONS = new EnumMap<>(Departure.class);
    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

    private static OAuthApi api;
    private static JsonObject other;
    private static JsonObject app;

    @BeforeAll
    static void start() {
        LOG.start();
        ((Logger) LoggerFactory.getLogger("io.gatehouse.plugin.oauth2")).addAppender(LOG);
        api = new OAuthApi(new JsonObject());
        for (String mode : List.of("kong", "rfc")) {
            api.gatehouse.createApi(mode, "/" + mode, api.upstream.port());
            api.gatehouse.protect(
                    mode,
                    OAuthApi.allGrants()
                            .put("conformance", mode)
                            .put("pkce", "none")
                            .put("failed_secrets_per_minute", 0));
        }
        JsonObject callback = new JsonObject().put("redirect_uris", List.of(REDIRECT_URI, REDIRECT_URI + "2"));
        other = api.gatehouse.register("other", callback.copy());
        app = api.gatehouse.register("app", callback.copy().put("client_type", "public"));
        SITUATIONS.put(Departure.DEAD_CODE, mode -> error(redeem(mode, api.application, "unknown")));
        SITUATIONS.put(
                Departure.CODE_REDIRECT_URI,
                mode -> error(redeem(mode, other, code(mode, other), "redirect_uri", REDIRECT_URI + "2")));
        SITUATIONS.put(
                Departure.UNREGISTERED_REDIRECT_URI,
                mode -> error(redeem(mode, other, code(mode, other), "redirect_uri", "http://evil.test/")));
        SITUATIONS.put(Departure.DEAD_REFRESH_TOKEN, mode -> error(refresh(mode, api.application, "unknown")));
        SITUATIONS.put(Departure.FOREIGN_REFRESH_TOKEN, mode -> error(refresh(mode, other, refreshToken(mode))));
        SITUATIONS.put(Departure.NO_GRANT_TYPE, mode -> error(token(mode, api.asClient())));
        SITUATIONS.put(Departure.NO_RESPONSE_TYPE, OAuthConformanceTest::withoutResponseType);
        SITUATIONS.put(
                Departure.CLIENT_IN_BODY,
                mode -> error(token(
                        mode, Map.of("grant_type", "client_credentials", "client_id", "x", "client_secret", "y"))));
        SITUATIONS.put(Departure.CREDENTIALS_TWICE, OAuthConformanceTest::credentialsTwice);
        SITUATIONS.put(Departure.SECRET_IN_QUERY, OAuthConformanceTest::secretInQuery);
        SITUATIONS.put(Departure.CHALLENGE_OF_PUBLIC_CLIENT, OAuthConformanceTest::withoutChallenge);
        SITUATIONS.put(Departure.IMPLICIT_ERROR, OAuthConformanceTest::implicitError);
        SITUATIONS.put(
                Departure.TOKEN_TYPE,
                mode -> "`"
                        + token(mode, api.asClient("grant_type", "client_credentials"))
                                .isStatus(200)
                                .json()
                                .getString("token_type")
                        + "`");
        SITUATIONS.put(
                Departure.ISSUER_IN_RESPONSE,
                mode -> redirect(authorize(mode, api.agreed("code"))).contains("&iss=")
                        ? "with `iss`"
                        : "without `iss`");
        SITUATIONS.put(Departure.RESOURCE_METADATA, OAuthConformanceTest::challenge);
        SITUATIONS.put(Departure.DISCOURAGED_GRANT, OAuthConformanceTest::warning);
    }

    @AfterAll
    static void stop() {
        ((Logger) LoggerFactory.getLogger("io.gatehouse.plugin.oauth2")).detachAppender(LOG);
        api.close();
    }

    @TestFactory
    Stream<DynamicTest> theTableOfTheCode_isWhatClientsGet() {
        assertThat(SITUATIONS.keySet()).containsExactlyInAnyOrder(Departure.values());
        return Arrays.stream(Departure.values())
                .flatMap(departure -> Stream.of("kong", "rfc")
                        .map(mode -> DynamicTest.dynamicTest(
                                departure + " " + mode,
                                () -> assertThat(SITUATIONS.get(departure).apply(mode))
                                        .isEqualTo(mode.equals("rfc") ? departure.rfc() : departure.kong()))));
    }

    @Test
    void theTableOfTheReference_isThatOfTheCode() throws IOException {
        String page = Files.readString(Path.of("docs/reference/oauth2.md"));
        String section = page.substring(page.indexOf("\n## Conformance\n"));
        List<String> rows = section.substring(0, section.indexOf("\n## ", 2))
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| ---"))
                .skip(1)
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(Departure.values())
                        .map(departure -> "| "
                                + String.join(
                                        " | ",
                                        departure.situation(),
                                        departure.kong(),
                                        departure.rfc(),
                                        departure.section())
                                + " |")
                        .toList());
    }

    private static String url(String mode, String endpoint) {
        return api.gatehouse.secureUrl("/" + mode + "/oauth2/" + endpoint);
    }

    private static Reply token(String mode, Map<String, String> parameters) {
        return Http.send(Http.form(url(mode, "token"), parameters));
    }

    private static Reply authorize(String mode, Map<String, String> parameters) {
        return Http.send(Http.form(url(mode, "authorize"), parameters));
    }

    private static String redirect(Reply reply) {
        return reply.json().getString("redirect_uri");
    }

    private static String code(String mode, JsonObject client) {
        Map<String, String> agreed = api.agreed("code", "client_id", client.getString("client_id"));
        agreed.put("redirect_uri", REDIRECT_URI);
        return OAuthApi.queryOf(redirect(authorize(mode, agreed).isStatus(200))).get("code");
    }

    private static Reply redeem(String mode, JsonObject client, String code, String... more) {
        Map<String, String> parameters = OAuthApi.asClient(client, more);
        parameters.put("grant_type", "authorization_code");
        parameters.put("code", code);
        return token(mode, parameters);
    }

    private static Reply refresh(String mode, JsonObject client, String refreshToken) {
        return token(mode, OAuthApi.asClient(client, "grant_type", "refresh_token", "refresh_token", refreshToken));
    }

    private static String refreshToken(String mode) {
        return token(
                        mode,
                        api.asClient(
                                "grant_type",
                                "password",
                                "provision_key",
                                PROVISION_KEY,
                                "authenticated_userid",
                                "owner-1"))
                .isStatus(200)
                .json()
                .getString("refresh_token");
    }

    private static String error(Reply reply) {
        return reply.status() + " `" + reply.json().getString("error") + "`";
    }

    private static String accepted(Reply reply) {
        return reply.status() == 200 ? "200, accepted" : error(reply);
    }

    private static String withoutResponseType(String mode) {
        Map<String, String> agreed = api.agreed("code");
        agreed.remove("response_type");
        Reply reply = authorize(mode, agreed);
        return reply.status() + " `" + OAuthApi.queryOf(redirect(reply)).get("error") + "`";
    }

    private static String credentialsTwice(String mode) {
        String credentials = api.application.getString("client_id") + ":" + api.application.getString("client_secret");
        return accepted(Http.send(Http.form(url(mode, "token"), api.asClient("grant_type", "client_credentials"))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)))));
    }

    private static String secretInQuery(String mode) {
        return accepted(Http.send(Http.request(
                "POST",
                url(mode, "token") + "?" + Http.encoded(api.asClient()),
                "application/x-www-form-urlencoded",
                "grant_type=client_credentials")));
    }

    private static String withoutChallenge(String mode) {
        Reply reply = authorize(mode, api.agreed("code", "client_id", app.getString("client_id")));
        return reply.status() == 200
                ? "200, accepted"
                : reply.status() + " `" + OAuthApi.queryOf(redirect(reply)).get("error") + "`";
    }

    private static String implicitError(String mode) {
        URI uri = URI.create(redirect(authorize(mode, api.agreed("token", "scope", "xyz"))));
        String parameters = uri.getRawFragment() == null ? uri.getRawQuery() : uri.getRawFragment();
        assertThat(parameters).contains("error=invalid_scope");
        return uri.getRawFragment() == null
                ? "parameters in the query of the redirect URI"
                : "parameters in its fragment";
    }

    private static String challenge(String mode) {
        String challenge = Http.send(Http.get(api.gatehouse.secureUrl("/" + mode)))
                .isStatus(401)
                .header("www-authenticate");
        String metadata = "resource_metadata=\""
                + api.gatehouse.secureUrl("/.well-known/oauth-protected-resource/" + mode) + "\"";
        assertThat(challenge).isIn("Bearer", "Bearer " + metadata);
        return challenge.contains(metadata) ? "with `resource_metadata`" : "without `resource_metadata`";
    }

    private static String warning(String mode) {
        String plugin = api.gatehouse
                .admin("GET", "/services/" + mode + "/plugins")
                .json()
                .getJsonArray("data")
                .getJsonObject(0)
                .getString("id");
        long warnings = LOG.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .filter(event -> event.getFormattedMessage().contains(plugin))
                .count();
        assertThat(warnings).isLessThanOrEqualTo(1);
        return warnings == 1 ? "accepted, with a warning in the log" : "accepted";
    }
}
