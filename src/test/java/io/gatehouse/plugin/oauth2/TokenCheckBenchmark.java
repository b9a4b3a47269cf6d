package io.gatehouse.plugin.oauth2;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.Service;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.lookup.CachedCredential;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.lookup.IssuerClient;
import io.gatehouse.lookup.LookupSettings;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.LoneNode;
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

/** Measures the check of a cached token: its digest, the lookup in this process, and the decision. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TokenCheckBenchmark {
    private static final int TOKENS = 1_024;

    private final Vertx vertx = Vertx.vertx();
    private final Map<CredentialDigest, TokenState> known = new HashMap<>();
    private final String[] tokens = new String[TOKENS];
    private final CredentialLookup<TokenState> lookup = CredentialLookup.shared(
            vertx,
            new LookupSettings(contact(), 500_000, new SimpleMeterRegistry()),
            TokenState.class,
            new Known(known),
            new IssuerClient(vertx, new LoneNode("node")));
    private final Service service = Service.of(EntitySchemas.SERVICES.check(Map.of("url", "http://127.0.0.1:9000/")));
    private final TokenCheck check = new TokenCheck(config(), Challenges.bearer(config()));
    private int next;

    private static ChangeFeedFreshness contact() {
        ChangeFeedFreshness contact = new ChangeFeedFreshness(Duration.ofMinutes(1));
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
                    CredentialDigest.of(tokens[i]),
                    new TokenState(
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
                            7_200,
                            null,
                            null));
        }
    }

    /** Without a change feed an entry is fresh for 10 s, so each iteration caches the tokens anew. */
    @Setup(Level.Iteration)
    public void cacheTokens() {
        lookup.invalidateAll();
        for (String token : tokens) {
            Gatehouse.await(lookup.find(CredentialDigest.of(token)));
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
    public CredentialDigest digest() {
        return CredentialDigest.of(token());
    }

    @Benchmark
    public @Nullable OAuth2Exception tokenInUse() {
        TokenState state = Objects.requireNonNull(lookup.cached(CredentialDigest.of(token())));
        OAuth2Exception violation = check.violation(state, service, null, System.currentTimeMillis() / 1_000);
        return violation != null || SenderConstraint.applies(state, false) ? check.invalid : null;
    }

    /** A shared level that knows every token. */
    private record Known(Map<CredentialDigest, TokenState> state) implements CredentialCache {
        @Override
        public Future<Optional<CachedCredential>> get(CredentialDigest digest) {
            return Future.succeededFuture(Optional.ofNullable(state.get(digest))
                    .map(found -> new CachedCredential(found, found.createdAt())));
        }

        @Override
        public void put(CredentialDigest digest, CachedCredential more) {
            // Caches nothing.
        }

        @Override
        public Future<Void> invalidate(List<CredentialDigest> digests) {
            return Future.succeededFuture();
        }
    }
}
