package io.gatehouse.conformance.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that cached credential states hold no decision for one route (docs/reference/oauth2.md#credential-states): random tokens on random routes, in
 * random order repeatedly, so that the credential state cached for one call is used by the next.
 */
class DecisionPerRouteTest {
    private static final List<String> SCOPES = List.of("read", "write", "admin");
    private static final int APIS = 8;
    private static final int TOKENS = 40;
    private static final int CALLS = 600;

    private static Gatehouse gatehouse;
    private static Upstream upstream;
    private static String credentialId;

    /** Describes a token; {@code serviceId} is null for a token of every Service. */
    private record Token(String text, @Nullable String serviceId, Set<String> scopes, boolean isExpired) {}

    private record Api(String path, String serviceId, boolean isGlobal, Set<String> required) {
        int expected(Token token) {
            boolean isMeantForIt =
                    token.serviceId() == null ? isGlobal : token.serviceId().equals(serviceId);
            if (token.isExpired() || !isMeantForIt) {
                return 401;
            }
            return token.scopes().containsAll(required) ? 200 : 403;
        }
    }

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        credentialId = gatehouse.register("alex", new JsonObject()).getString("id");
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void eachCallIsDecidedByTheTokenAndTheRouteAlone(long seed) {
        Random random = new Random(seed);
        List<Api> apis = IntStream.range(0, APIS)
                .mapToObj(i -> api("/api-" + seed + "-" + i, random))
                .toList();
        List<Token> tokens = IntStream.range(0, TOKENS)
                .mapToObj(i -> token("token-" + seed + "-" + i, apis, random))
                .toList();

        List<String> wrong = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < CALLS; i++) {
            Api api = apis.get(random.nextInt(APIS));
            Token token = tokens.get(random.nextInt(TOKENS));
            Reply reply = gatehouse.getWithToken(api.path(), token.text());
            seen.add(reply.status());
            if (reply.status() != api.expected(token)) {
                wrong.add("call " + i + ": " + reply.status() + " for " + token + " on " + api);
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(seen).as("statuses").containsExactlyInAnyOrder(200, 401, 403);
    }

    private static Api api(String path, Random random) {
        Set<String> required = some(random, 4);
        boolean isGlobal = random.nextBoolean();
        JsonObject route = gatehouse.createApi(path.substring(1), path, upstream.port());
        gatehouse.protect(
                path.substring(1),
                new JsonObject()
                        .put("scopes", SCOPES)
                        .put("required_scopes", List.copyOf(required))
                        .put("global_credentials", isGlobal));
        return new Api(path, route.getJsonObject("service").getString("id"), isGlobal, required);
    }

    private static Token token(String text, List<Api> apis, Random random) {
        String serviceId =
                random.nextBoolean() ? null : apis.get(random.nextInt(APIS)).serviceId();
        Set<String> scopes = some(random, 2);
        boolean isExpired = random.nextInt(6) == 0;
        JsonObject imported = new JsonObject()
                .put("access_token", text)
                .put("credential", new JsonObject().put("id", credentialId))
                .put("expires_in", 60)
                .put("created_at", System.currentTimeMillis() / 1000 - (isExpired ? 3_600 : 0));
        if (!scopes.isEmpty()) {
            imported.put("scope", String.join(" ", scopes));
        }
        if (serviceId != null) {
            imported.put("service", new JsonObject().put("id", serviceId));
        }
        gatehouse.create("/oauth2_tokens", imported);
        return new Token(text, serviceId, scopes, isExpired);
    }

    /** Returns each scope with a probability of one in {@code rarity}. */
    private static Set<String> some(Random random, int rarity) {
        Set<String> chosen = new HashSet<>();
        SCOPES.forEach(scope -> {
            if (random.nextInt(rarity) == 0) {
                chosen.add(scope);
            }
        });
        return chosen;
    }
}
