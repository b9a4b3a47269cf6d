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
 * Bytes of heap that a remembered token takes, in the shared map and in a process's first level: {@code bench/run memory}.
 * Its argument is how many tokens; it prints {@code shared BYTES} and {@code first level BYTES}, for each token.
 */
public final class TokenMemory {
    private static final int AT_ONCE = 200;
    /** A collection of a large heap may outlast the patience of a call. */
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
            // Threads of Hazelcast would keep a failed measurement alive.
            Runtime.getRuntime().halt(code);
        }
    }

    private static void measure(int tokens) {
        ClusterConfig config =
                new ClusterConfig(false, "memory", new ListenAddress("127.0.0.1", 0), List.of(), null, null);
        // Room for all: a part of the map that is full evicts although others are not.
        Cluster cluster = Cluster.prepare(config, new MemberProfile(EnumSet.allOf(Role.class), tokens * 2));
        Vertx vertx = Gatehouse.await(cluster.join(Vertx.builder(), new VertxOptions()));
        TokenMemory memory = new TokenMemory(tokens, vertx, cluster.tokenCache(vertx));
        System.out.printf("shared %.1f%n", memory.sharedMap());
        System.out.printf("first level %.1f%n", memory.firstLevel());
    }

    private double sharedMap() {
        long before = heap();
        inTurns(number -> shared.put(digest(number), new CachedCredential(state(number), CREATED_AT)));
        return (double) (heap() - before) / tokens;
    }

    /**
     * The facts come from the shared map, as in a proxy, and are kept aside: reading a million from there takes longer than
     * the first level keeps any.
     */
    private double firstLevel() {
        @Nullable CachedCredential[] read = new CachedCredential[tokens];
        long before = heap();
        inTurns(number -> shared.get(digest(number))
                .onSuccess(found -> read[number] = found.orElseThrow())
                .mapEmpty());
        ReadBefore readBefore = new ReadBefore();
        ChangeFeedFreshness contact = new ChangeFeedFreshness(Duration.ofHours(1));
        contact.databaseTimeIs(CREATED_AT * 1_000);
        CredentialLookup<TokenState> lookup = CredentialLookup.shared(
                vertx,
                new LookupSettings(contact, tokens, new SimpleMeterRegistry()),
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
                throw new IllegalStateException(
                        "token " + number + " does not count (any more): where nobody says what changes,"
                                + " one does for ten seconds, in which this machine was not done; try fewer (REMEMBERED)");
            }
        }
        return (double) bytes / tokens;
    }

    /** Calls for each number, so many at a time, and waits for all. */
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

    /** A token of one client of many, for one API of some, with a scope. */
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
                7_200);
    }

    /** Bytes in use once everything unreachable is gone. */
    private static long heap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Answers at once with what was read of the token that is asked for next. */
    private static final class ReadBefore implements CredentialCache {
        private @Nullable CachedCredential next;

        @Override
        public Future<Optional<CachedCredential>> get(CredentialDigest digest) {
            return Future.succeededFuture(Optional.ofNullable(next));
        }

        @Override
        public Future<Void> put(CredentialDigest digest, CachedCredential state) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> invalidate(List<CredentialDigest> digests) {
            return Future.succeededFuture();
        }
    }
}
