package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code DELETE /oauth2_tokens?authenticated_userid=…&credential=…}: ours, for "log me out everywhere". */
class BulkRevocationTest {
    private static OAuthApi api;
    private static JsonObject otherApplication;

    @BeforeAll
    static void start() {
        api = new OAuthApi(new JsonObject().put("enable_client_credentials", true));
        otherApplication =
                api.gatehouse.register("bea", new JsonObject().put("redirect_uris", List.of("http://b.test/")));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static JsonObject granted(String owner, JsonObject application) {
        return api.token(OAuthApi.asClient(
                        application,
                        "grant_type",
                        "password",
                        "provision_key",
                        OAuthApi.PROVISION_KEY,
                        "authenticated_userid",
                        owner))
                .isStatus(200)
                .json();
    }

    private static Reply revoke(String query) {
        return api.gatehouse.admin("DELETE", "/oauth2_tokens?" + query);
    }

    private static void isServed(JsonObject token) {
        api.call(token.getString("access_token")).isStatus(200);
    }

    private static void isRefused(JsonObject token) {
        api.call(token.getString("access_token")).isStatus(401);
        api.refresh(token.getString("refresh_token")).isStatus(400);
    }

    @Test
    void everyTokenOfAResourceOwnerIsRefusedAndNobodyElses() {
        JsonObject first = granted("carol", api.application);
        JsonObject second = granted("carol", otherApplication);
        JsonObject other = granted("dave", api.application);
        List.of(first, second, other).forEach(BulkRevocationTest::isServed);

        JsonObject answer = revoke("authenticated_userid=carol").isStatus(200).json();

        assertThat(answer).isEqualTo(new JsonObject().put("deleted", 2));
        isRefused(first);
        isRefused(second);
        isServed(other);
    }

    @Test
    void everyTokenOfAClientIsRefusedAndTheClientStays() {
        JsonObject client =
                api.gatehouse.register("erin", new JsonObject().put("redirect_uris", List.of("http://e.test/")));
        JsonObject first = granted("one", client);
        JsonObject second = granted("two", client);

        revoke("credential=" + client.getString("client_id")).isStatus(200);

        isRefused(first);
        isRefused(second);
        JsonObject next = granted("one", client);
        isServed(next);
        assertThat(revoke("credential=" + client.getString("id")).json().getInteger("deleted"))
                .isEqualTo(1);
        isRefused(next);
    }

    @Test
    void bothTogetherMeanTheOwnersTokensOfThatClient() {
        JsonObject here = granted("frank", api.application);
        JsonObject there = granted("frank", otherApplication);

        revoke("authenticated_userid=frank&credential=" + otherApplication.getString("client_id"))
                .isStatus(200);

        isServed(here);
        isRefused(there);
    }

    @Test
    void aCodeNotYetRedeemedGoesToo() {
        String code = api.code();

        revoke("authenticated_userid=owner-1").isStatus(200);

        api.token(api.asClient("grant_type", "authorization_code", "code", code))
                .isStatus(400);
    }

    @Test
    void moreTokensThanOneBatchGoInOneRequest() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        List<Future<JsonObject>> issued = new ArrayList<>();
        for (int i = 0; i < 1_050; i++) {
            issued.add(clients.submit(() -> granted("heidi", api.application)));
        }
        for (Future<JsonObject> one : issued) {
            one.get();
        }
        clients.shutdown();
        JsonObject some = issued.get(500).get();
        isServed(some);

        assertThat(revoke("authenticated_userid=heidi").json().getInteger("deleted"))
                .isEqualTo(1_050);
        isRefused(some);
    }

    @Test
    void whoWantsToRevokeEverythingIsAskedWhoseTokens() {
        revoke("").isStatus(400);
        revoke("authenticated_userid=&credential=").isStatus(400);
        revoke("authenticated_userid=a%00b").isStatus(400);
        revoke("credential=unknown").isStatus(404);
    }

    @Test
    void aMisspeltParameterRevokesNothing() {
        JsonObject token = granted("ivan", api.application);

        for (String unknown : List.of("credental=x", "Credential=x", "credental", "tags=a", "size=1")) {
            String name = unknown.replaceAll("=.*", "");
            revoke("authenticated_userid=ivan&" + unknown).isMessage(400, "unknown query parameter '" + name + "'");
        }

        isServed(token);
    }

    @Test
    void aFilterInTheBodyRevokesNothing() {
        JsonObject token = granted("judy", api.application);
        String path = "/oauth2_tokens?authenticated_userid=judy";
        String message = "'credential' must be a query parameter, not a field of the body";
        JsonObject filter = new JsonObject().put("credential", otherApplication.getString("client_id"));

        api.gatehouse.admin("DELETE", path, filter).isMessage(400, message);
        Http.send(Http.request(
                        "DELETE",
                        api.gatehouse.adminUrl(path),
                        "application/x-www-form-urlencoded",
                        "credential=" + otherApplication.getString("client_id")))
                .isMessage(400, message);
        Http.send(Http.request("DELETE", api.gatehouse.adminUrl(path), "text/plain", "credential=x"))
                .isStatus(415);
        isServed(token);

        api.gatehouse.admin("DELETE", path, new JsonObject()).isStatus(200);
        isRefused(token);
    }
}
