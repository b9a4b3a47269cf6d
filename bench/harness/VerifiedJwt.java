package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares the CPU time of a call with a JWT of an OpenID provider, after its first verification, with that of calls with opaque tokens.
 *
 * <p>A JWT is forty times as long as an opaque token. What its bytes cost, another field of that length costs as well: the head of one
 * contestant has one.
 *
 * <p>Why rounds in turns: the speed of a machine changes from minute to minute, so only neighbouring rounds are comparable. The order
 * alternates. The result is the median of the ratios of the rounds. All Routes belong to one process.
 */
final class VerifiedJwt {
    private static final Runnable NOTHING = () -> {};
    private static final double LIMIT = 1.05;

    private final Processes processes;
    private final Settings settings;
    private final List<Contestant> contestants = new ArrayList<>();

    VerifiedJwt(Processes processes, Settings settings) {
        this.processes = processes;
        this.settings = settings;
    }

    /** Returns the section of the report, without its conditions. */
    String run() {
        Issuer issuer = Issuer.start();
        prepare(issuer);
        for (Contestant contestant : contestants) {
            new Generator(contestant.target(), settings.connections()).send(settings.connections() * 50L, body -> {});
            load(contestant, settings.warmup());
        }
        for (int round = 1; round <= settings.rounds(); round++) {
            for (int i = 0; i < contestants.size(); i++) {
                Contestant next = contestants.get(round % 2 == 1 ? i : contestants.size() - 1 - i);
                next.full().add(Round.measure(processes, next, () -> load(next, settings.seconds())));
            }
        }
        issuer.stop();
        return text();
    }

    private void prepare(Issuer issuer) {
        Postgres postgres = Postgres.start(processes);
        String upstream = Nginx.upstream(processes).address();
        Node.recordCache(processes);
        Node node = Node.start(
                processes,
                settings,
                "jwt",
                Node.java(settings, true),
                "proxy,admin,token-issuer",
                postgres.database("jwt"));
        Load.configure(node, upstream);
        api(node, upstream, "signed", issuer, "\"auth_methods\":[\"bearer\"]");
        api(
                node,
                upstream,
                "introspected",
                issuer,
                "\"auth_methods\":[\"introspection\"],\"client_id\":[\"bench\"],\"client_secret\":[\"bench-secret\"]");
        String issued = Load.issue(node, 1, 1).get(0);
        String jwt = issuer.token();
        // The name and the end of the line belong to the length.
        String padding = "a".repeat(jwt.length() - issued.length() - "X-Padding: \r\n".length());
        add(node, "a token of `oauth2` in a head of that length", Target.padded(node.url("/protected"), issued, padding));
        add(node, "a verified JWT", get(node, "/signed", jwt));
        add(
                node,
                "an introspected token",
                get(node, "/introspected", "an-opaque-token-of-the-provider-of-48-characters"));
        add(node, "a token of `oauth2`", get(node, "/protected", issued));
    }

    private static void api(Node node, String upstream, String name, Issuer issuer, String methods) {
        Http.post(node.adminUrl("/services"), "{\"name\":\"" + name + "\",\"url\":\"http://" + upstream + "/\"}");
        Http.post(
                node.adminUrl("/services/" + name + "/routes"),
                "{\"name\":\"" + name + "\",\"paths\":[\"/" + name + "\"]}");
        Http.post(
                node.adminUrl("/services/" + name + "/plugins"),
                "{\"name\":\"openid-connect\",\"config\":{\"issuer\":\"" + issuer.url() + "\"," + methods + "}}");
    }

    /** Returns whether nothing else disturbed the machine. */
    boolean isQuiet() {
        return contestants.stream().allMatch(contestant -> contestant.full().areQuiet());
    }

    private static Target get(Node node, String path, String token) {
        return Target.get(node.url(path), List.of(token), "");
    }

    private void add(Node node, String name, Target target) {
        contestants.add(new Contestant(name, name, target, List.of(node.pid()), List.of(), NOTHING, 0));
    }

    private Result load(Contestant contestant, int seconds) {
        return Wrk.run(processes, contestant.target(), settings.connections(), seconds);
    }

    private String text() {
        Contestant padded = contestants.get(0);
        Contestant jwt = contestants.get(1);
        Contestant introspected = contestants.get(2);
        Contestant issued = contestants.get(3);
        StringBuilder table = new StringBuilder("| | CPU of a call (µs) | rounds that others disturbed |\n| --- | --- | --- |\n");
        for (Contestant contestant : contestants) {
            Rounds rounds = contestant.full();
            // Seconds for 100,000 calls are ten microseconds for one.
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.1f (%.1f–%.1f) | %d of %d |\n",
                    contestant.name(),
                    rounds.cpu() * 10,
                    rounds.min(Round::cpu) * 10,
                    rounds.max(Round::cpu) * 10,
                    rounds.disturbed(),
                    rounds.all().size()));
        }
        return "\n"
                + Budget.table(List.of(
                        Budget.atMost(
                                "CPU of a verified JWT, to a token of `oauth2` in a head of that length",
                                LIMIT,
                                jwt.full().ratios(padded.full(), Round::cpu),
                                "×"),
                        Budget.atMost(
                                "the same, to a token of `oauth2`",
                                LIMIT,
                                jwt.full().ratios(issued.full(), Round::cpu),
                                "×"),
                        Budget.atMost(
                                "the same, to an introspected token",
                                LIMIT,
                                jwt.full().ratios(introspected.full(), Round::cpu),
                                "×")))
                + "\n" + table;
    }
}
