package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares issuing with the authorization servers of other projects: one process each, one PostgreSQL for all, TLS.
 *
 * <p>Why rounds in turns: see {@link VerifiedJwt}. All processes run at the same time, and only one has requests.
 */
final class Issuing {
    private static final Runnable NOTHING = () -> {};
    private static final double MICROS_PER_MILLI = 1_000;
    /** Keeps the address of the Service valid; a token request needs no upstream. */
    private static final String NO_UPSTREAM = "127.0.0.1:9";

    private final Processes processes;
    private final Settings settings;
    private final Postgres postgres;
    private final List<Contestant> contestants = new ArrayList<>();

    Issuing(Processes processes, Settings settings) {
        this.processes = processes;
        this.settings = settings;
        this.postgres = Postgres.start(processes);
    }

    String postgresVersion() {
        return postgres.version();
    }

    /** Returns the section of the report, without its conditions. */
    String run() {
        prepare();
        for (Contestant contestant : contestants) {
            System.out.println("warming up: " + contestant.name());
            // A contestant that rejects requests, or closes connections, fails here.
            new Generator(contestant.target(), settings.connections()).send(settings.connections() * 50L, body -> {});
            load(contestant, settings.warmup());
        }
        for (int round = 1; round <= settings.rounds(); round++) {
            for (int i = 0; i < contestants.size(); i++) {
                Contestant next = contestants.get(round % 2 == 1 ? i : contestants.size() - 1 - i);
                next.full().add(Round.measure(processes, next, () -> load(next, settings.seconds())));
            }
        }
        return text();
    }

    private void prepare() {
        Node.recordCache(processes);
        Node node = Node.start(
                processes,
                settings,
                "whole",
                Node.java(settings, true),
                "proxy,admin,token-issuer",
                postgres.database("whole"));
        Load.configure(node, NO_UPSTREAM);
        add("Gatehouse, one node", Target.form(node.tlsUrl("/protected/oauth2/token"), Load.CLIENT), node.pid());
        KeyFile key = KeyFile.create(processes);
        Peer spring = Peer.spring(processes, settings, postgres, key);
        add("Spring Authorization Server", spring.target(), spring.pid());
        Peer keycloak = Peer.keycloak(processes, settings, postgres, key);
        add("Keycloak, tokens not stored", keycloak.target(), keycloak.pid());
    }

    private void add(String name, Target target, long pid) {
        contestants.add(new Contestant(name, name, target, List.of(pid), List.of(postgres.pid()), NOTHING, 0));
    }

    /** Returns whether nothing else disturbed the machine. */
    boolean isQuiet() {
        return contestants.stream().allMatch(contestant -> contestant.full().areQuiet());
    }

    private Result load(Contestant contestant, int seconds) {
        return Wrk.run(processes, contestant.target(), settings.connections(), seconds);
    }

    private String text() {
        StringBuilder table = new StringBuilder("""

                PostgreSQL runs with `fsync`, `full_page_writes` and `synchronous_commit` on. Gatehouse and Spring Authorization Server
                commit each opaque token to it before they respond. Keycloak signs a JWT (RS256) and does not store it.

                | | tokens/s | p50, p99 (ms) | CPU-s for 100,000 | PostgreSQL's CPU-s | RSS (MB) | rounds that others disturbed |
                | --- | --- | --- | --- | --- | --- | --- |
                """);
        for (Contestant contestant : contestants) {
            Rounds rounds = contestant.full();
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f (%,.0f–%,.0f) | %.2f, %.2f | %.2f (%.2f–%.2f) | %.2f | %d | %d of %d |\n",
                    contestant.name(),
                    rounds.rate(),
                    rounds.min(round -> round.result().rate()),
                    rounds.max(round -> round.result().rate()),
                    rounds.p50() / MICROS_PER_MILLI,
                    rounds.p99() / MICROS_PER_MILLI,
                    rounds.cpu(),
                    rounds.min(Round::cpu),
                    rounds.max(Round::cpu),
                    rounds.median(Round::database),
                    contestant.residentMegabytes(),
                    rounds.disturbed(),
                    rounds.all().size()));
        }
        return table.toString();
    }
}
