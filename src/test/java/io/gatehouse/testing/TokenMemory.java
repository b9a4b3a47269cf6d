package io.gatehouse.testing;

import io.gatehouse.cluster.Cluster;
import io.gatehouse.cluster.MemberProfile;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.lookup.CachedCredential;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.lookup.IssuerClient;
import io.gatehouse.lookup.LookupSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Measures the heap of a cached token in the shared cache and in the process cache: {@code bench/run memory}.
 * Its argument is the number of tokens. It prints {@code shared BYTES} and {@code first level BYTES} per token.
 */
public final class TokenMemory {
    private static final int AT_ONCE = 200;
    /** A garbage collection of a large heap may take longer than the time limit of a call. */
    private static final int ATTEMPTS = 10;

    private static final int CLIENTS = 1_000;
    private static final int SERVICES = 10;
    private static final long CREATED_AT = System.currentTimeMillis() / 1_000;

    private final int tokens;
    private final Vertx vertx;
    private final CredentialCache shared;

    private TokenMemory(int tokens, Vertx vertx, CredentialCache shared) {
        this.tokens = tokens;
        this.vertx = vertx;
        this.shared = shared;
    }

    public static void main(String[] args) {
        int code = 1;
        try {
            measure(Integer.parseInt(args[0]));
            code = 0;
        } catch (RuntimeException e) {
            System.err.println("not measured: " + e);
        } finally {
            // Hazelcast's threads would keep the JVM running after a failure.
            Runtime.getRuntime().halt(code);
        }
    }

    private static void measure(int tokens) {
        ClusterConfig config =
                new ClusterConfig(false, "memory", new ListenAddress("127.0.0.1", 0), List.of(), null, null);
        // Room for all: a full partition of the map evicts although other partitions are not full.
        Cluster cluster = Cluster.prepare(config, new MemberProfile("node", EnumSet.allOf(Role.class), tokens * 2));
        Vertx vertx = Gatehouse.await(cluster.join(Vertx.builder(), new VertxOptions()));
        TokenMemory memory = new TokenMemory(tokens, vertx, cluster.tokenCache(vertx));
        System.out.printf("shared %.1f%n", memory.sharedMap());
        System.out.printf("first level %.1f%n", memory.firstLevel());
    }

    private double sharedMap() {
        long before = heap();
        inTurns(number -> {
            shared.put(digest(number), new CachedCredential(state(number), CREATED_AT));
            // Hazelcast reads an entry after it has written it.
            return shared.get(digest(number)).map(Optional::orElseThrow).mapEmpty();
        });
        return (double) (heap() - before) / tokens;
    }

    /**
     * The states come from the shared cache, as in a proxy, and are kept aside: reading a million of them takes longer than
     * the process cache keeps an entry.
     */
    private double firstLevel() {
        @Nullable CachedCredential[] read = new CachedCredential[tokens];
        long before = heap();
        inTurns(number -> shared.get(digest(number))
                .onSuccess(found -> read[number] = found.orElseThrow())
                .mapEmpty());
        ReadBefore readBefore = new ReadBefore();
        ChangeFeedFreshness freshness = new ChangeFeedFreshness(Duration.ofHours(1));
        freshness.databaseTimeIs(CREATED_AT * 1_000);
        CredentialLookup<TokenState> lookup = CredentialLookup.shared(
                vertx,
                new LookupSettings(freshness, tokens, new SimpleMeterRegistry()),
                TokenState.class,
                readBefore,
                new IssuerClient(vertx, new LoneNode("node")));
        for (int number = 0; number < tokens; number++) {
            readBefore.next = read[number];
            lookup.find(digest(number));
            if (number % AT_ONCE == 0) {
                Gatehouse.await(Future.future(done -> vertx.getOrCreateContext().runOnContext(done::complete)));
            }
        }
        Arrays.fill(read, null);
        readBefore.next = null;
        long bytes = heap() - before;
        for (int number = 0; number < tokens; number++) {
            if (lookup.cached(digest(number)) == null) {
                throw new IllegalStateException("token " + number
                        + " is not usable any more: without a change feed, a cached token is usable for"
                        + " 10 s, and the measurement took longer; try fewer tokens");
            }
        }
        return (double) bytes / tokens;
    }

    /** Calls for each number, a bounded number at a time, and waits for all. */
    private void inTurns(IntFunction<Future<Void>> call) {
        List<Future<Void>> running = new ArrayList<>(AT_ONCE);
        for (int number = 0; number < tokens; number++) {
            running.add(call(call, number, ATTEMPTS));
            if (running.size() == AT_ONCE || number == tokens - 1) {
                Gatehouse.await(Future.all(running));
                running.clear();
            }
        }
    }

    private static Future<Void> call(IntFunction<Future<Void>> call, int number, int attempts) {
        return call.apply(number)
                .recover(failure -> attempts > 1 ? call(call, number, attempts - 1) : Future.failedFuture(failure));
    }

    private static CredentialDigest digest(int number) {
        return CredentialDigest.of("token " + number);
    }

    /** Creates a token of one of many clients, for one of some APIs, with a scope. */
    private static TokenState state(int number) {
        int client = number % CLIENTS;
        return new TokenState(
                UUID.randomUUID(),
                new UUID(1, client),
                "client " + client,
                new UUID(2, client),
                "consumer " + client,
                null,
                new UUID(3, number % SERVICES),
                null,
                "email profile",
                CREATED_AT,
                7_200,
                null,
                null);
    }

    /** The bytes in use after a garbage collection. */
    private static long heap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Returns the next state at once. */
    private static final class ReadBefore implements CredentialCache {
        private @Nullable CachedCredential next;

        @Override
        public Future<Optional<CachedCredential>> get(CredentialDigest digest) {
            return Future.succeededFuture(Optional.ofNullable(next));
        }

        @Override
        public void put(CredentialDigest digest, CachedCredential state) {
            // Has its states.
        }

        @Override
        public Future<Void> invalidate(List<CredentialDigest> digests) {
            return Future.succeededFuture();
        }
    }
}
