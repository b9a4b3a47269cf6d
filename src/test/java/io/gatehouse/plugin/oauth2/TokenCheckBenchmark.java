package io.gatehouse.plugin.oauth2;

import io.gatehouse.entity.EntitySchemas;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Service;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.oauth.TokenDigest;
import io.gatehouse.oauth.TokenFacts;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.LoneNode;
import io.gatehouse.token.CachedFacts;
import io.gatehouse.token.DatabaseContact;
import io.gatehouse.token.FactsLookup;
import io.gatehouse.token.IssuerClient;
import io.gatehouse.token.Remembering;
import io.gatehouse.token.TokenCache;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a token in use costs a proxied request: its digest, what this process remembers of it, and whether it may pass. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TokenCheckBenchmark {
    private static final int TOKENS = 1_024;

    private final Vertx vertx = Vertx.vertx();
    private final Map<TokenDigest, TokenFacts> known = new HashMap<>();
    private final String[] tokens = new String[TOKENS];
    private final FactsLookup<TokenFacts> lookup = FactsLookup.shared(
            vertx,
            new Remembering(contact(), 500_000, new SimpleMeterRegistry()),
            TokenFacts.class,
            new Known(known),
            new IssuerClient(vertx, new LoneNode("node")));
    private final Service service = Service.of(EntitySchemas.SERVICES.check(Map.of("url", "http://127.0.0.1:9000/")));
    private final TokenCheck check = new TokenCheck(config());
    private int next;

    private static DatabaseContact contact() {
        DatabaseContact contact = new DatabaseContact(Duration.ofMinutes(1));
        contact.databaseTimeIs(System.currentTimeMillis());
        return contact;
    }

    private static OAuth2Config config() {
        return OAuth2Config.of(Plugin.of(EntitySchemas.PLUGINS.check(Map.of(
                "name",
                "oauth2",
                "config",
                Map.of(
                        "enable_client_credentials",
                        true,
                        "scopes",
                        List.of("email", "profile"),
                        "required_scopes",
                        List.of("email"))))));
    }

    /** Issues the tokens. */
    @Setup
    public void issue() {
        for (int i = 0; i < TOKENS; i++) {
            tokens[i] = UUID.randomUUID().toString().replace("-", "");
            known.put(
                    TokenDigest.of(tokens[i]),
                    new TokenFacts(
                            UUID.randomUUID(),
                            UUID.randomUUID(),
                            "client",
                            UUID.randomUUID(),
                            "alex",
                            null,
                            service.id(),
                            null,
                            "email profile",
                            System.currentTimeMillis() / 1_000,
                            7_200));
        }
    }

    /** Nobody says what changes here, so that only what is ten seconds old at most counts, as an iteration must be. */
    @Setup(Level.Iteration)
    public void remember() {
        lookup.forgetAll();
        for (String token : tokens) {
            Gatehouse.await(lookup.find(TokenDigest.of(token)));
        }
    }

    @TearDown
    public void close() {
        Gatehouse.await(vertx.close());
    }

    private String token() {
        next = (next + 1) % TOKENS;
        return tokens[next];
    }

    @Benchmark
    public TokenDigest digest() {
        return TokenDigest.of(token());
    }

    @Benchmark
    public @Nullable OAuth2Exception tokenInUse() {
        TokenFacts facts = Objects.requireNonNull(lookup.cached(TokenDigest.of(token())));
        return check.refusal(facts, service, System.currentTimeMillis() / 1_000);
    }

    /** A shared level that knows every token. */
    private record Known(Map<TokenDigest, TokenFacts> facts) implements TokenCache {
        @Override
        public Future<Optional<CachedFacts>> get(TokenDigest digest) {
            return Future.succeededFuture(
                    Optional.ofNullable(facts.get(digest)).map(found -> new CachedFacts(found, found.createdAt())));
        }

        @Override
        public Future<Void> put(TokenDigest digest, CachedFacts more) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> forget(List<TokenDigest> digests) {
            return Future.succeededFuture();
        }
    }
}
