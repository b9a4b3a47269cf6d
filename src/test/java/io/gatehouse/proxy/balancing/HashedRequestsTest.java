package io.gatehouse.proxy.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Upstreams of the algorithm {@code consistent-hashing} assign requests to targets by a value of the request. */
class HashedRequestsTest {
    private static RedAndBlue targets;

    @BeforeAll
    static void start() {
        targets = new RedAndBlue();
    }

    @AfterAll
    static void stop() {
        targets.close();
    }

    @BeforeEach
    void behave() {
        targets.behave();
    }

    private static JsonObject hashing(String input, String field, String value) {
        JsonObject upstream =
                new JsonObject().put("algorithm", "consistent-hashing").put("hash_on", input);
        return field.isEmpty() ? upstream : upstream.put(field, value);
    }

    /** That the same value always leads to one target, and that of many values some lead to each. */
    private static void assertAssigns(Function<Integer, Map<String, Integer>> threeRequests) {
        Set<String> used = new HashSet<>();
        for (int value = 0; value < 20; value++) {
            Map<String, Integer> tally = threeRequests.apply(value);
            assertThat(tally).hasSize(1);
            used.addAll(tally.keySet());
        }
        assertThat(used).containsExactlyInAnyOrder("red", "blue");
    }

    @Test
    void aHeaderAssignsRequests() {
        targets.balance("by-header", hashing("header", "hash_on_header", "x-user"));
        assertAssigns(value -> targets.tally(3, "/by-header", "x-user", "user-" + value));
    }

    @Test
    void aPathAssignsRequests() {
        targets.balance("by-path", hashing("path", "", ""));
        assertAssigns(value -> targets.tally(3, "/by-path/" + value));
    }

    @Test
    void aQueryParameterAssignsRequests() {
        targets.balance("by-query", hashing("query_arg", "hash_on_query_arg", "user"));
        assertAssigns(value -> targets.tally(3, "/by-query?a=1&user=" + value));
    }

    @Test
    void aCaptureOfThePathAssignsRequests() {
        targets.balance("by-capture", hashing("uri_capture", "hash_on_uri_capture", "user"));
        targets.gatehouse
                .admin(
                        "PATCH",
                        "/routes/by-capture",
                        new JsonObject().put("paths", List.of("~/by-capture/(?P<user>[^/]+)")))
                .isStatus(200);
        assertAssigns(value -> targets.tally(3, "/by-capture/" + value + "/" + System.nanoTime()));
    }

    @Test
    void anAddressAssignsRequests() {
        targets.balance("by-ip", hashing("ip", "", ""));
        assertThat(targets.tally(6, "/by-ip")).hasSize(1);
    }

    @Test
    void aConsumerAssignsRequests() {
        targets.balance("by-consumer", hashing("consumer", "", ""));
        targets.gatehouse.create("/services/by-consumer/plugins", new JsonObject().put("name", "key-auth"));
        assertAssigns(value -> {
            targets.gatehouse.create("/consumers", new JsonObject().put("username", "hashed-" + value));
            targets.gatehouse.create(
                    "/consumers/hashed-" + value + "/key-auth", new JsonObject().put("key", "key-" + value));
            return targets.tally(3, "/by-consumer", "apikey", "key-" + value);
        });
    }

    @Test
    void aClientWithoutTheCookieReceivesOneThatKeepsItsTarget() {
        targets.balance(
                "by-cookie", hashing("cookie", "hash_on_cookie", "lb").put("hash_on_cookie_path", "/by-cookie"));
        Reply first = targets.gatehouse.get("/by-cookie").isStatus(200);
        String cookie = Objects.requireNonNull(first.header("set-cookie"));
        assertThat(cookie).startsWith("lb=").contains("Path=/by-cookie").contains("HTTPOnly");
        String pair = cookie.substring(0, cookie.indexOf(';'));
        assertThat(targets.tally(5, "/by-cookie", "cookie", pair)).isEqualTo(Map.of(first.header("x-target"), 5));
        assertAssigns(value -> targets.tally(3, "/by-cookie", "cookie", "other=1; lb=" + value));
    }

    /** Applications set values that RFC 6265 does not allow, and clients send them back. */
    @Test
    void aCookieOfAnyValueOrFieldIsNotReplaced() {
        targets.balance("by-any-cookie", hashing("cookie", "hash_on_cookie", "lb"));
        for (String cookie : List.of("lb=a,b", "lb={\"user\":1}", "lb=two words", "other=1\r\nCookie: lb=1")) {
            String request = "GET /by-any-cookie HTTP/1.1\r\nHost: a\r\nCookie: " + cookie + "\r\n\r\n";
            RawClient.Answer answer = RawClient.first(targets.gatehouse, request);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text().toLowerCase(Locale.ROOT)).doesNotContain("set-cookie");
        }
        assertAssigns(value -> targets.tally(3, "/by-any-cookie", "cookie", "lb=a,b," + value));
    }

    @Test
    void theFallbackAssignsRequestsWithoutTheFirstInput() {
        targets.balance(
                "fallback",
                hashing("header", "hash_on_header", "x-user")
                        .put("hash_fallback", "query_arg")
                        .put("hash_fallback_query_arg", "user"));
        assertAssigns(value -> targets.tally(3, "/fallback?user=" + value));
    }

    @Test
    void requestsWithNeitherInputAreAssignedAtRandom() {
        targets.balance("chance", hashing("header", "hash_on_header", "x-user"));
        assertThat(targets.tally(40, "/chance").keySet()).containsExactlyInAnyOrder("red", "blue");
    }
}
