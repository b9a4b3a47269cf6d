package io.gatehouse.conformance.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that passwords are stored as hashes also if a body names the Consumer, that they work, and that none is forwarded. */
class BasicAuthPasswordsTest {
    private static PluginApi api;
    private static String path;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        path = api.protectedBy("basic-auth", new JsonObject());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static JsonObject of(String consumer) {
        return new JsonObject().put("consumer", new JsonObject().put("username", consumer));
    }

    private static JsonObject credential(String consumer, String username, String password) {
        return of(consumer).put("username", username).put("password", password);
    }

    private static String basic(String username, String password) {
        return "Basic "
                + Base64.getEncoder().encodeToString((username + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static Reply as(String username, String password) {
        return api.gatehouse.get(path, "Authorization", basic(username, password));
    }

    /** Asserts that neither the response of a write nor a later one shows the password, and that it authenticates the Consumer. */
    private static void assertHashed(Reply written, String consumer, String username, String password) {
        JsonObject stored = api.gatehouse
                .admin("GET", "/basic-auths/" + username)
                .isStatus(200)
                .json();
        assertThat(stored.getString("password")).matches("[0-9a-f]{40}");
        assertThat(written.json()).isEqualTo(stored);
        assertThat(as(username, password).isStatus(200).upstreamHeader("x-consumer-username"))
                .isEqualTo(consumer);
    }

    @Test
    void aPasswordIsHashed_whenABodyNamesTheConsumer() {
        String consumer = api.consumer();
        Reply posted = api.gatehouse.admin("POST", "/basic-auths", credential(consumer, "posted", "p"));
        assertHashed(posted.isStatus(201), consumer, "posted", "p");

        Reply put = api.gatehouse.admin("PUT", "/basic-auths/put", of(consumer).put("password", "p"));
        assertHashed(put.isStatus(200), consumer, "put", "p");
        Reply replaced =
                api.gatehouse.admin("PUT", "/basic-auths/put", of(consumer).put("password", "q"));
        assertHashed(replaced.isStatus(200), consumer, "put", "q");
        as("put", "p").isStatus(401);

        api.gatehouse
                .admin("PATCH", "/consumers/" + consumer, new JsonObject().put("custom_id", "c-1"))
                .isStatus(200);
        JsonObject byCustomId = new JsonObject()
                .put("consumer", new JsonObject().put("custom_id", "c-1"))
                .put("password", "p");
        Reply another = api.gatehouse.admin("PUT", "/basic-auths/another", byCustomId);
        assertHashed(another.isStatus(200), consumer, "another", "p");

        String nested = "/consumers/" + consumer + "/basic-auth";
        Reply below = api.gatehouse.admin("POST", nested, credential("another", "below", "p"));
        assertHashed(below.isStatus(201), consumer, "below", "p");
    }

    @Test
    void aPasswordIsHashed_whenAFormNamesTheConsumer() {
        String consumer = api.consumer();
        Reply posted = Http.send(Http.request(
                "POST",
                api.gatehouse.adminUrl("/basic-auths"),
                "application/x-www-form-urlencoded",
                "username=form&password=p&consumer.username=" + consumer));
        assertHashed(posted.isStatus(201), consumer, "form", "p");
    }

    @Test
    void aChangedPasswordIsHashed_whenABodyNamesTheConsumer() {
        String consumer = api.consumer();
        api.gatehouse.create("/basic-auths", credential(consumer, "patched", "p"));

        Reply patched = api.gatehouse.admin(
                "PATCH", "/basic-auths/patched", of(consumer).put("password", "new"));
        assertHashed(patched.isStatus(200), consumer, "patched", "new");
        as("patched", "p").isStatus(401);

        Reply unchanged = api.gatehouse.admin("PATCH", "/basic-auths/patched", of(consumer));
        assertHashed(unchanged.isStatus(200), consumer, "patched", "new");
    }

    @Test
    void anotherConsumerNeedsANewPassword_whenABodyNamesIt() {
        api.gatehouse.create("/basic-auths", credential(api.consumer(), "moved", "p"));
        String other = api.consumer();
        api.gatehouse
                .admin("PATCH", "/basic-auths/moved", of(other))
                .isMessage(400, "schema violation (password: required with another consumer)");

        Reply moved =
                api.gatehouse.admin("PATCH", "/basic-auths/moved", of(other).put("password", "q"));
        assertHashed(moved.isStatus(200), other, "moved", "q");
    }

    @Test
    void aCredentialThatIsPutBelowAnotherConsumerNeedsItsPassword() {
        JsonObject stored = api.gatehouse.create("/basic-auths", credential(api.consumer(), "put-below", "p"));
        String other = api.consumer();
        String below = "/consumers/" + other + "/basic-auth/" + stored.getString("id");
        JsonObject given = new JsonObject().put("username", "put-below");
        as("put-below", "p").isStatus(200);

        api.gatehouse
                .admin("PUT", below, given.copy().put("password", stored.getString("password")))
                .isMessage(400, "schema violation (password: required with another consumer)");
        Reply put = api.gatehouse.admin("PUT", below, given.copy().put("password", "p"));
        assertHashed(put.isStatus(200), other, "put-below", "p");
    }

    @Test
    void anUnknownConsumerIsUnresolved() {
        Reply refused = api.gatehouse.admin("POST", "/basic-auths", credential("nowhere", "lost", "p"));
        assertThat(refused.isStatus(400).json().getInteger("code")).isEqualTo(13);
        api.gatehouse.admin("GET", "/basic-auths/lost").isStatus(404);
    }

    @Test
    void aPasswordBehindATabIsReadAndHidden() {
        String hiding = api.protectedBy(
                "basic-auth", new JsonObject().put("hide_credentials", true).put("anonymous", api.consumer()));
        api.gatehouse.create("/basic-auths", credential(api.consumer(), "tab", "p"));
        String pair = Base64.getEncoder().encodeToString("tab:p".getBytes(StandardCharsets.UTF_8));
        RawClient.Answer answer = RawClient.send(
                api.gatehouse,
                "GET " + hiding + " HTTP/1.1\r\nHost: a\r\nAuthorization: Basic\t" + pair
                        + "\r\nConnection: close\r\n\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text())
                .contains("\"x-credential-identifier\":\"tab\"")
                .doesNotContain(pair);
    }

    @Test
    void aPasswordOfMoreThan16KiBIsRejected() {
        String consumer = api.consumer();
        String longest = "p".repeat(16 * 1024);
        assertThat(api.gatehouse
                        .admin("POST", "/basic-auths", credential(consumer, "longest", longest))
                        .isStatus(201)
                        .json()
                        .getString("password"))
                .matches("[0-9a-f]{40}");
        assertThat(api.gatehouse
                        .admin("POST", "/basic-auths", credential(consumer, "longer", longest + "p"))
                        .isStatus(400)
                        .json()
                        .getJsonObject("fields")
                        .getString("password"))
                .isEqualTo("length must be at most 16384");
    }

    @Test
    void bothHeadersAreHidden_whenTheFirstAuthenticates() {
        String hiding = api.protectedBy("basic-auth", new JsonObject().put("hide_credentials", true));
        api.gatehouse
                .admin("POST", "/basic-auths", credential(api.consumer(), "first", "p"))
                .isStatus(201);
        RawClient.Answer answer = api.getWithBoth(hiding, basic("first", "p"), basic("second", "q"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).doesNotContain(basic("second", "q"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "basic-auth | {} | Basic ZnJlZDpw",
                "ldap-auth | {\"ldap_host\":\"localhost\",\"base_dn\":\"dc=a\",\"attribute\":\"uid\"} | ldap ZnJlZDpw",
                "hmac-auth | {} | hmac username=\"fred\"",
                "openid-connect | {\"issuer\":\"http://localhost:1\",\"auth_methods\":[\"bearer\"]} | Bearer token"
            })
    void aCredentialIsHidden_whenAnEarlierPluginHasAuthenticated(String plugin, String config, String value) {
        String guest = api.consumer();
        String either = api.protectedBy("key-auth", new JsonObject().put("anonymous", guest));
        api.add(
                either,
                plugin,
                new JsonObject(config).put("hide_credentials", true).put("anonymous", guest));
        String consumer = api.consumer();
        String key = api.key(consumer).getString("key");

        Reply reply = api.gatehouse.get(either, "apikey", key, "Authorization", value);
        assertThat(reply.isStatus(200).upstreamHeader("x-consumer-username")).isEqualTo(consumer);
        assertThat(reply.upstreamHeader("authorization")).isNull();

        Reply other = api.gatehouse.get(either, "apikey", key, "Authorization", "Other value");
        assertThat(other.isStatus(200).upstreamHeader("authorization")).isEqualTo("Other value");
    }
}
