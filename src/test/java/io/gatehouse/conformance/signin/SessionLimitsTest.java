package io.gatehouse.conformance.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.gatehouse.cluster.session.HazelcastSessionStore;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.session.Sealer;
import io.gatehouse.session.SessionEntry;
import io.gatehouse.session.SessionStore;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the bounds of sign-ins and sessions (docs/reference/limits.md#plugins). */
class SessionLimitsTest extends SignInFixture {
    private static final String SECRET = "a session secret of the test";
    /** Of sign-ins of one network. */
    private static final int MAX_TOKEN_REQUESTS = 32;

    private static final int MAX_REFRESHES = 64;
    private static final int MORE = 3;
    private static HazelcastInstance member;

    @BeforeAll
    static void findMember() {
        String node = api.gatehouse.admin("GET", "/").isStatus(200).json().getString("node_id");
        member = Hazelcast.getAllHazelcastInstances().stream()
                .filter(each ->
                        each.getCluster().getLocalMember().getAttributes().containsValue(node))
                .findFirst()
                .orElseThrow();
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void aSignInBeyondTheTokenRequestsOfItsNetworkIsUnavailable() {
        String page = page(idp.config().put("timeout", 20_000));
        Promise<Void> gate = Promise.promise();
        idp.tokenGate = gate.future();
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int i = 0; i < MAX_TOKEN_REQUESTS + MORE; i++) {
            Browser each = new Browser();
            String callback = each.callback(page);
            replies.add(Http.sendAsync(Http.get(callback, "Accept", "text/html", "Cookie", each.header())));
        }
        await().until(() -> replies.stream().filter(CompletableFuture::isDone).count() == MORE);
        replies.stream()
                .filter(CompletableFuture::isDone)
                .forEach(reply -> reply.join().isStatus(503));
        await().untilAsserted(() -> assertThat(idp.tokenArrivals).hasValue(MAX_TOKEN_REQUESTS));
        gate.complete();
        assertThat(replies.stream().map(reply -> reply.join().response().statusCode()))
                .filteredOn(status -> status == 200)
                .hasSize(MAX_TOKEN_REQUESTS);
        browser.signIn(page).isStatus(200);
    }

    @Test
    void aRefreshBeyondThoseInFlightIsNotSent() {
        String page = page(idp.config().put("timeout", 20_000));
        idp.accessSeconds = 5;
        List<Browser> browsers = new ArrayList<>();
        for (int i = 0; i < MAX_REFRESHES + MORE; i++) {
            Browser each = new Browser();
            each.signIn(page).isStatus(200);
            browsers.add(each);
        }
        int before = idp.tokenArrivals.get();
        Promise<Void> gate = Promise.promise();
        idp.tokenGate = gate.future();
        List<CompletableFuture<Reply>> replies = browsers.stream()
                .map(each -> Http.sendAsync(Http.get(page, "Cookie", each.header())))
                .toList();
        // Their tokens may still be valid.
        await().until(() -> replies.stream().filter(CompletableFuture::isDone).count() == MORE);
        await().untilAsserted(() -> assertThat(idp.tokenArrivals).hasValue(before + MAX_REFRESHES));
        gate.complete();
        assertThat(replies.stream().map(reply -> reply.join().status()))
                .filteredOn(status -> status == 200)
                .hasSizeGreaterThanOrEqualTo(MAX_REFRESHES);
    }

    @Test
    void aRequestIsUnavailable_whenAnotherNodeDoesNotFinishItsRefresh() {
        String path = api.open();
        String plugin = api.add(
                        path, "openid-connect", idp.config().put("timeout", 100).put("session_secret", SECRET))
                .getString("id");
        String page = api.gatehouse.proxyUrl(path + "/page");
        browser.signIn(page).isStatus(200);
        claimRefresh(plugin, browser.cookies.get("session"));
        long start = System.nanoTime();
        browser.script(page).isStatus(503);
        assertThat(since(start)).isBetween(Duration.ofMillis(2_200), Duration.ofSeconds(10));
        assertThat(idp.refreshes).hasValue(0);
    }

    /** Changes a session as a node does that refreshes it: one that repeats its claim without end. */
    private void claimRefresh(String plugin, String id) {
        SessionStore store = HazelcastSessionStore.ofSessions(api.upstream.vertx(), member);
        String place = plugin + "\n" + idp.issuer() + "\n" + SignInProvider.CLIENT;
        Sealer sealer = Sealer.of(SECRET.getBytes(StandardCharsets.UTF_8), "openid-connect session " + place);
        CredentialDigest key = CredentialDigest.of("openid-connect session\n" + plugin + "\n" + id);
        SessionEntry entry = Gatehouse.await(store.get(key)).orElseThrow();
        byte[] opened = sealer.open(entry.content(), key.toBytes()).orElseThrow();
        long now = System.currentTimeMillis() / 1_000;
        byte[] claimed = new JsonObject(Buffer.buffer(opened))
                .put("expiry", now - 1)
                .put("refreshing", now + 3_600)
                .toBuffer()
                .getBytes();
        byte[] sealed = sealer.seal(claimed, key.toBytes());
        assertThat(Gatehouse.await(store.replace(key, entry.version(), sealed, Duration.ofHours(1))))
                .isPositive();
    }

    @Test
    void aReadAndAWriteOfASessionAreUnavailable_whenTheStoreDoesNotRespond() {
        String page = page(idp.config());
        browser.signIn(page).isStatus(200);
        Browser later = new Browser();
        String callback = later.callback(page);
        CountDownLatch released = new CountDownLatch(1);
        holdPartitions(released);
        try {
            long start = System.nanoTime();
            browser.script(page).isStatus(503);
            assertThat(since(start)).isBetween(Duration.ofMillis(500), Duration.ofMillis(1_900));
            start = System.nanoTime();
            later.page(callback).isStatus(503);
            assertThat(since(start)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(8));
        } finally {
            released.countDown();
        }
        await().untilAsserted(() -> browser.script(page).isStatus(200));
    }

    @Test
    void aRequestPassesWithoutANewSession_whenTheStoreDoesNotRespond() {
        SessionPluginApi sessions = new SessionPluginApi(api);
        String path = sessions.protectedBy(SessionPluginApi.config().put("storage", "kong"));
        sessions.signIn(browser, path).isStatus(200);
        CountDownLatch released = new CountDownLatch(1);
        holdPartitions(released);
        try {
            sessions.get(browser, path).isStatus(503);
            Reply reply = sessions.signIn(new Browser(), path).isStatus(200);
            assertThat(SessionPluginApi.cookies(reply)).isEmpty();
        } finally {
            released.countDown();
        }
        await().untilAsserted(() -> sessions.get(browser, path).isStatus(200));
    }

    /** Holds every thread of the member that reads and writes entries. */
    private static void holdPartitions(CountDownLatch released) {
        IMap<Integer, Integer> map = member.getMap("held-by-the-test");
        // More keys than partitions, so that each thread runs one of these.
        for (int key = 0; key < 1_000; key++) {
            map.submitToKey(key, entry -> {
                try {
                    return released.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            });
        }
    }
}
