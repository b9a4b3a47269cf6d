package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Tests that invalid input gets a 400 and that the log contains no secret (RFC 6749 appendix A). */
class BadInputTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String JSON = "application/json";
    private static final String SECRET = "s3cretOfTheTest";

    private static OAuthApi api;
    private static JsonObject client;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeAll
    static void start() {
        api = new OAuthApi(
                new JsonObject().put("enable_client_credentials", true).put("enable_revocation", true));
        client = api.gatehouse.register(
                "bad",
                new JsonObject()
                        .put("client_id", "bad")
                        .put("client_secret", SECRET)
                        .put("redirect_uris", List.of("http://bad.test/")));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @BeforeEach
    void readTheLog() {
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void theLogContainsNoSecret() {
        root().detachAppender(log);
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).noneMatch(line -> line.contains(SECRET));
        assertThat(log.list).as("failures in the log").noneMatch(event -> event.getThrowableProxy() != null);
    }

    private static Reply send(String contentType, String body) {
        return Http.send(
                Http.request("POST", api.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/token"), contentType, body));
    }

    private static JsonObject asJson(String... namesAndValues) {
        JsonObject parameters = new JsonObject()
                .put("grant_type", "client_credentials")
                .put("client_id", "bad")
                .put("client_secret", SECRET);
        OAuthApi.parameters(namesAndValues).forEach(parameters::put);
        return parameters;
    }

    @Test
    void theRequestWithoutTheInvalidPartIsAccepted() {
        send(JSON, asJson().encode()).isStatus(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"grant_type", "client_id", "client_secret", "scope", "state", "authenticated_userid", "extra"})
    void controlCharactersAreRejectedInEveryParameter(String name) {
        for (String bad : List.of("a\0b", "a\rb", "a\nb", "a\u007fb", "\r\nX-Injected: 1")) {
            String expected = "Control character or unpaired surrogate in parameter: " + name;
            send(JSON, asJson(name, bad).encode()).isError(400, "invalid_request", expected);

            Map<String, String> form = OAuthApi.asClient(client, "grant_type", "client_credentials");
            form.put(name, bad);
            send(FORM, Http.encoded(form)).isError(400, "invalid_request", expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00", "a\\ud83d", "\\ude00\\ud83d"})
    void anUnpairedSurrogateIsRejected(String escaped) {
        String body = asJson().encode()
                .replace("\"client_credentials\"", "\"client_credentials\",\"state\":\"" + escaped + '"');
        send(JSON, body).isError(400, "invalid_request", "Control character or unpaired surrogate in parameter: state");
    }

    @Test
    void textBeyondTheBasicPlaneIsAccepted() {
        Reply reply = send(JSON, asJson("state", "\ud83d\ude00").encode());
        assertThat(reply.isStatus(200).json().getString("state")).isEqualTo("\ud83d\ude00");
    }

    /** Two characters of an array would become 80 bytes of a list, before a client is authenticated. */
    @ParameterizedTest
    @ValueSource(strings = {"token", "revoke"})
    void aNestedStateIsRefused(String endpoint) {
        sendValue(endpoint, "state", "[[[]]]").isError(400, "invalid_request", "Parameter is not a string: state");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "[\"bad\"]", "{\"a\":\"bad\"}"})
    void aJsonValueThatIsNotAStringIsRefused(String value) {
        for (String name : List.of(
                "client_id",
                "client_secret",
                "grant_type",
                "authenticated_userid",
                "redirect_uri",
                "resource",
                "extra")) {
            for (String endpoint : List.of("token", "authorize", "revoke")) {
                sendValue(endpoint, name, value).isError(400, "invalid_request", "Parameter is not a string: " + name);
            }
        }
        for (String endpoint : List.of("token", "authorize", "revoke")) {
            // Kong's texts.
            sendValue(endpoint, "scope", value).isError(400, "invalid_scope", "scope must be a string");
            sendValue(endpoint, "code_verifier", value)
                    .isError(400, "invalid_request", "code_verifier is not a string");
        }
        sendValue("authorize", "code_challenge", value)
                .isError(400, "invalid_request", "Parameter is not a string: code_challenge");
        sendValue("authorize", "state", value).isError(400, "invalid_request", "Parameter is not a string: state");
        if (!value.contains("bad")) {
            sendValue("token", "state", value).isStatus(200);
        }
    }

    private static Reply sendValue(String endpoint, String name, String value) {
        JsonObject parameters = asJson();
        parameters.remove(name);
        String body = parameters.encode().replaceFirst("\\{", "{\"" + name + "\":" + value + ",");
        return Http.send(
                Http.request("POST", api.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/" + endpoint), JSON, body));
    }

    @Test
    void aJsonNullCountsAsAbsent() {
        sendValue("token", "client_id", "null").isError(400, "invalid_client", "Invalid client authentication");
        sendValue("token", "client_secret", "null").isError(400, "invalid_client", "Invalid client authentication");
        sendValue("token", "grant_type", "null").isError(400, "unsupported_grant_type", "Invalid grant_type");
        sendValue("token", "scope", "null").isStatus(200);
    }

    @Test
    void aBlankChallengeIsRefused() {
        Reply reply = api.authorize(
                api.agreed("code", "code_challenge", " ", "client_id", "bad", "authenticated_userid", "owner"));
        assertThat(reply.json().getString("redirect_uri")).contains("error=invalid_request");
    }

    @Test
    void aRepeatedMemberIsMalformedJson() {
        String twice = asJson().encode().replace("\"client_id\"", "\"client_id\":\"other\",\"client_id\"");
        send(JSON, twice).isError(400, "invalid_request", "Malformed request body or query");
        send(JSON, asJson().encode() + "{}").isError(400, "invalid_request", "Malformed request body or query");
        send(JSON, "[".repeat(10_000)).isError(400, "invalid_request", "Malformed request body or query");
    }

    @Test
    void moreParametersThanTheLimitAreMalformed() {
        StringBuilder form =
                new StringBuilder(Http.encoded(OAuthApi.asClient(client, "grant_type", "client_credentials")));
        for (int i = 0; i < 1_000; i++) {
            form.append("&p").append(i).append('=').append(i);
        }
        send(FORM, form.toString()).isError(400, "invalid_request", "Malformed request body or query");
        JsonObject json = asJson();
        for (int i = json.size(); i < 128; i++) {
            json.put("p" + i, "1");
        }
        send(JSON, json.encode()).isStatus(200);
        send(JSON, json.put("more", "1").encode()).isError(400, "invalid_request", "Malformed request body or query");
    }

    @Test
    void aSecretOfAMegabyteIsTooLarge() {
        send(JSON, asJson("client_secret", SECRET.repeat(70_000)).encode())
                .isError(413, "invalid_request", "Request body too large");
        send(FORM, "grant_type=client_credentials&client_id=bad&client_secret=" + SECRET.repeat(70_000))
                .isError(413, "invalid_request", "Request body too large");
    }

    @Test
    void aSecretOfSixtyKilobytesIsInvalid() {
        send(FORM, "grant_type=client_credentials&client_id=bad&client_secret=" + SECRET.repeat(4_000))
                .isError(400, "invalid_client", "Invalid client authentication");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad\0:s3cretOfTheTest", "bad:s3cret\nOfTheTest", "\0", "bad\r:x"})
    void controlCharactersInABasicHeaderIdentifyNoClient(String credentials) {
        String basic = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        Http.send(Http.request(
                                "POST",
                                api.gatehouse.secureUrl(OAuthApi.PATH + "/oauth2/token"),
                                FORM,
                                "grant_type=client_credentials")
                        .header("Authorization", "Basic " + basic))
                .isError(401, "invalid_client", "Invalid client authentication");
    }

    @ParameterizedTest
    @ValueSource(strings = {"authorize", "revoke"})
    void theOtherEndpointsAreAsStrict(String endpoint) {
        Reply reply = api.post(endpoint, api.agreed("code", "state", "a\nb"));
        reply.isError(400, "invalid_request", "Control character or unpaired surrogate in parameter: state");
    }

    @Test
    void anApiCallWithAnUnusualTokenIsRejected() {
        for (String odd : List.of("%0d%0aX-Injected:%201", "%ff%fe", "%ED%A0%80", "x".repeat(5_000))) {
            Http.send(Http.get(api.gatehouse.proxyUrl(OAuthApi.PATH + "?access_token=" + odd)))
                    .isError(401, "invalid_token", "The access token is invalid or has expired");
        }
    }

    @Test
    void anApiCallCanHaveLineBreaksInItsOwnParameters() {
        String token = send(JSON, asJson().encode()).json().getString("access_token");
        Http.send(Http.get(api.gatehouse.proxyUrl(OAuthApi.PATH + "?note=a%0Ab&access_token=" + token)))
                .isStatus(200);
    }
}
