package io.gatehouse.conformance.oauth;

import static io.gatehouse.conformance.oauth.OAuthApi.PROVISION_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.LoggerFactory;

/**
 * Generated inputs that no client sends by intention, in every parameter of every endpoint and in every encoding: each gets a
 * response 4xx, or 200 where the input is a legal value that nothing reads, and none is logged as a failure of the server.
 */
class OddInputsTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String JSON = "application/json";
    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

    private static OAuthApi api;

    /** {@code isValue}: the input is a text, which a parameter that nothing reads may have. */
    private record Odd(String name, String json, String encoded, boolean isValue) {}

    private static final List<Odd> ODD = List.of(
            text("long", "x".repeat(50_000)),
            text("quotes", "\"\\'<>"),
            text("letters", "ÄÖÜ漢字😀"),
            text("percent", "%41%"),
            text("spaces", "   "),
            text("url", "javascript:alert(1)"),
            text("uuid", "00000000-0000-0000-0000-000000000000"),
            text("sql", "' OR 1=1; --"),
            text("replacement", "\ufffd"),
            raw("null character", "\"a\\u0000b\"", "a%00b"),
            raw("line break", "\"a\\r\\nb\"", "a%0d%0ab"),
            raw("surrogate", "\"\\ud800\"", "%ed%a0%80"),
            raw("not utf-8", "\"\u00ff\"", "%ff"),
            raw("overlong", "\"\u00c0\u00af\"", "%c0%af"),
            raw("broken escape", "\"\\x\"", "%zz"),
            raw("twice", "\"a\",\"%s\":\"b\"", "a&%s=b"),
            raw("number", "1e400", "1e400"),
            raw("array", "[\"a\"]", "%5B%5D"),
            raw("object", "{\"a\":{}}", "%7B%7D"),
            raw("boolean", "true", "true"));

    private static final Map<String, List<String>> PARAMETERS = Map.of(
            "token",
            List.of(
                    "grant_type",
                    "client_id",
                    "client_secret",
                    "scope",
                    "state",
                    "redirect_uri",
                    "code",
                    "code_verifier",
                    "refresh_token",
                    "authenticated_userid",
                    "provision_key",
                    "resource"),
            "authorize",
            List.of(
                    "response_type",
                    "client_id",
                    "scope",
                    "state",
                    "redirect_uri",
                    "code_challenge",
                    "code_challenge_method",
                    "authenticated_userid",
                    "provision_key",
                    "resource"),
            "introspect",
            List.of("token", "token_type_hint", "client_id", "client_secret", "provision_key"),
            "revoke",
            List.of("token", "token_type_hint", "client_id", "client_secret"));

    private static Odd text(String name, String value) {
        return new Odd(
                name,
                new JsonObject().put("v", value).encode().replaceAll("^\\{\"v\":|}$", ""),
                java.net.URLEncoder.encode(value, StandardCharsets.UTF_8),
                true);
    }

    /** {@code json} has one character for each byte. */
    private static Odd raw(String name, String json, String encoded) {
        return new Odd(name, json, encoded, false);
    }

    @BeforeAll
    static void start() {
        LOG.start();
        root().addAppender(LOG);
        api = new OAuthApi(new JsonObject()
                .put("enable_introspection", true)
                .put("enable_revocation", true)
                .put("failed_secrets_per_minute", 0));
    }

    @AfterAll
    static void stop() {
        root().detachAppender(LOG);
        api.close();
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Test
    void thereAreEnough() {
        assertThat(cases()).hasSizeGreaterThanOrEqualTo(250);
    }

    private record Case(String name, HttpRequest.Builder request, boolean mayBeGood) {}

    @TestFactory
    Stream<DynamicTest> everyOddInput_isRefusedClearly() {
        return cases().stream()
                .map(odd -> DynamicTest.dynamicTest(odd.name, () -> {
                    LOG.list.clear();
                    Reply reply = Http.send(odd.request);

                    assertThat(reply.status()).as(reply.text()).isIn(odd.mayBeGood ? good() : bad());
                    if (reply.status() >= 400 && reply.status() != 414) {
                        JsonObject body = reply.json();
                        assertThat(body.containsKey("error") || body.containsKey("redirect_uri"))
                                .as(reply.text())
                                .isTrue();
                    }
                    assertThat(LOG.list).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.ERROR));
                }));
    }

    private static List<Integer> bad() {
        return List.of(400, 401, 413, 414);
    }

    private static List<Integer> good() {
        return List.of(200, 400, 401, 413, 414);
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        PARAMETERS.forEach((endpoint, names) -> names.forEach(name -> ODD.forEach(odd -> {
            cases.add(inForm(endpoint, name, odd));
            cases.add(inJson(endpoint, name, odd));
        })));
        cases.addAll(headers());
        cases.addAll(bodies());
        return cases;
    }

    private static String url(String endpoint) {
        return api.gatehouse.secureUrl("/api/oauth2/" + endpoint);
    }

    /** A request that would succeed. */
    private static Map<String, String> good(String endpoint) {
        Map<String, String> parameters = new LinkedHashMap<>(
                endpoint.equals("authorize") ? api.agreed("code") : api.asClient("token", "unknown"));
        if (endpoint.equals("token")) {
            parameters.put("grant_type", "password");
            parameters.put("provision_key", PROVISION_KEY);
            parameters.put("authenticated_userid", "owner-1");
        }
        return parameters;
    }

    private static Case inForm(String endpoint, String name, Odd odd) {
        Map<String, String> rest = good(endpoint);
        rest.remove(name);
        String body = Http.encoded(rest) + "&" + name + "=" + odd.encoded.replace("%s", name);
        return new Case(
                endpoint + " " + name + " form " + odd.name,
                Http.request("POST", url(endpoint), FORM, body),
                !isRead(endpoint, name));
    }

    private static Case inJson(String endpoint, String name, Odd odd) {
        Map<String, String> rest = good(endpoint);
        rest.remove(name);
        String body =
                new JsonObject(new LinkedHashMap<String, Object>(rest)).encode().replaceAll("}$", ",\"" + name + "\":");
        byte[] bytes = (body + (odd.isValue ? utf8(odd.json) : odd.json.replace("%s", name)) + "}")
                .getBytes(StandardCharsets.ISO_8859_1);
        return new Case(
                endpoint + " " + name + " JSON " + odd.name,
                Http.request("POST", url(endpoint), JSON, "").POST(HttpRequest.BodyPublishers.ofByteArray(bytes)),
                !isRead(endpoint, name));
    }

    /** The text's UTF-8, one character for each byte. */
    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Whether an odd value of the parameter has to be an error. */
    private static boolean isRead(String endpoint, String name) {
        return switch (name) {
            case "grant_type", "response_type" -> true;
            // A blank one counts as omitted, and then the client authenticates.
            case "provision_key" -> !endpoint.equals("introspect");
            default -> false;
        };
    }

    private static List<Case> headers() {
        List<Case> cases = new ArrayList<>();
        List<String> values = List.of(
                "Basic",
                "Basic ",
                "Basic =",
                "Basic !!!",
                "Basic ////",
                "Basic \u00e9",
                "Basic Og==",
                "basic",
                "Bearer x",
                "Digest username=x",
                "x",
                "Basic " + Base64.getEncoder().encodeToString(new byte[3_000]),
                "Basic " + base64("a%:b"),
                "Basic " + base64("%00:b"),
                "Basic " + base64("a:%0d%0a"),
                "Basic " + base64(" : "),
                "Basic " + base64("a".repeat(20_000) + ":b"));
        for (String endpoint : List.of("token", "introspect", "revoke")) {
            for (String value : values) {
                cases.add(new Case(
                        endpoint + " header " + value.substring(0, Math.min(30, value.length())),
                        Http.request("POST", url(endpoint), FORM, "grant_type=client_credentials&token=x")
                                .header("Authorization", value),
                        false));
            }
        }
        return cases;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Case> bodies() {
        List<Case> cases = new ArrayList<>();
        List<String> bodies = List.of(
                "",
                "&",
                "=",
                "&&&=",
                "%",
                "{",
                "{}",
                "[]",
                "null",
                "\"x\"",
                "{\"a\":1}}",
                "--b",
                "--b--",
                "{\"grant_type\":" + "[".repeat(500) + "]".repeat(500) + "}",
                "a=1&".repeat(200),
                "x".repeat(70_000));
        List<String> types = List.of(
                FORM,
                JSON,
                "multipart/form-data",
                "multipart/form-data; boundary=b",
                "text/plain",
                "application/xml",
                FORM + "; charset=utf-16",
                "/",
                "application/json; charset=x");
        for (String type : types) {
            for (int i = 0; i < bodies.size(); i++) {
                cases.add(new Case(
                        "body " + i + " as " + type, Http.request("POST", url("token"), type, bodies.get(i)), false));
            }
        }
        return cases;
    }
}
