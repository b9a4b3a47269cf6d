package bench;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Throughput, CPU and latency of the contestants, round by round in turns so that a slow minute hits them all. */
final class Load {
    private static final Runnable NOTHING = () -> {};

    private static final int LEAD_SECONDS = 5;
    private static final double HALF = 0.5;
    private static final double MOST = 0.8;
    static final String CLIENT =
            "grant_type=client_credentials&client_id=bench-client&client_secret=bench-secret";
    private static final Pattern ACCESS_TOKEN = Pattern.compile("\"access_token\":\"([^\"]+)\"");

    private final Processes processes;
    private final Settings settings;
    private final Postgres postgres;
    private final List<Contestant> contestants = new ArrayList<>();

    Load(Processes processes, Settings settings) {
        this.processes = processes;
        this.settings = settings;
        this.postgres = Postgres.start(processes);
    }

    List<Contestant> contestants() {
        return contestants;
    }

    /** Returns whether nothing else disturbed the machine. */
    boolean isQuiet() {
        return contestants.stream()
                .allMatch(contestant -> contestant.full().areQuiet()
                        && (contestant.share() == 0 || contestant.paced().areQuiet()));
    }

    String postgresVersion() {
        return postgres.version();
    }

    void run() {
        prepare();
        for (Contestant contestant : contestants) {
            if (!contestant.key().equals("nginx")) {
                say("warming up: %s", contestant.name());
                contestant.before().run();
                // The first requests are slow, above all with TLS. A contestant that rejects them fails here.
                new Generator(contestant.target(), settings.connections())
                        .send(settings.connections() * 50L, body -> {});
                Wrk.run(processes, contestant.target(), settings.connections(), settings.warmup());
            }
        }
        for (int round = 1; round <= settings.rounds(); round++) {
            for (Contestant contestant : contestants) {
                contestant
                        .full()
                        .add(measure(
                                contestant,
                                () -> Wrk.run(
                                        processes, contestant.target(), settings.connections(), settings.seconds())));
                report(round, contestant, contestant.full());
            }
        }
        // The generator has to get going too: what it is late with at first it may never catch up with.
        for (Contestant contestant : contestants) {
            if (contestant.share() > 0) {
                paced(contestant, Math.min(settings.warmup(), LEAD_SECONDS));
            }
        }
        for (int round = 1; round <= settings.rounds(); round++) {
            for (Contestant contestant : contestants) {
                if (contestant.share() > 0) {
                    contestant.paced().add(measure(contestant, () -> paced(contestant, settings.seconds())));
                    report(round, contestant, contestant.paced());
                }
            }
        }
    }

    private Result paced(Contestant contestant, int seconds) {
        double rate = contestant.due(contestants);
        return new Generator(contestant.target(), settings.connections()).paced(rate, seconds);
    }

    private Round measure(Contestant contestant, Supplier<Result> load) {
        return Round.measure(processes, contestant, load);
    }

    private void report(int round, Contestant contestant, Rounds rounds) {
        Round last = rounds.all().get(rounds.all().size() - 1);
        say(
                "round %d of %d: %s: %.0f/s, p99 %d us, %.2f CPU-s for 100,000%s",
                round,
                settings.rounds(),
                contestant.name(),
                last.result().rate(),
                last.result().p99(),
                last.cpu(),
                last.disturbed() ? ", disturbed" : "");
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    private void prepare() {
        say("starting upstream, nginx, PostgreSQL, three nodes, Spring Cloud Gateway");
        String upstream = Nginx.upstream(processes).address();
        Nginx nginx = Nginx.proxy(processes, upstream);
        Node.recordCache(processes);
        List<String> java = Node.java(settings, true);
        Cluster cluster = Cluster.start(processes, settings, java, postgres.database("apart"));
        configure(cluster.control(), upstream);
        Node whole =
                Node.start(processes, settings, "whole", java, "proxy,admin,token-issuer", postgres.database("whole"));
        configure(whole, upstream);
        say("issuing %,d tokens", settings.tokens());
        List<String> tokens = issue(cluster.proxy(), settings.tokens(), settings.connections());
        String hot = tokens.get(0);
        Scg scg = Scg.start(processes, settings, upstream, hot);

        Path file = processes.work().resolve("tokens");
        write(file, tokens);
        List<Long> proxy = List.of(cluster.proxy().pid());
        List<Long> none = List.of();
        Target many = Target.get(cluster.proxy().url("/protected"), tokens, file.toString());
        Runnable touch = () -> new Generator(many, settings.connections()).send(tokens.size(), body -> {});
        contestants.add(new Contestant(
                "nginx",
                "nginx, plain proxy",
                get("http://" + nginx.address() + "/protected", hot),
                List.of(nginx.pid()),
                none,
                NOTHING,
                HALF));
        contestants.add(new Contestant(
                "scg",
                "Spring Cloud Gateway, token in a cache",
                get(scg.url("/protected"), hot),
                List.of(scg.pid()),
                none,
                NOTHING,
                HALF));
        contestants.add(new Contestant(
                "none", "Gatehouse, no plugin", get(cluster.proxy().url("/plain"), hot), proxy, none, NOTHING, HALF));
        contestants.add(new Contestant(
                "hot",
                "Gatehouse, oauth2, one token",
                get(cluster.proxy().url("/protected"), hot),
                proxy,
                none,
                NOTHING,
                HALF));
        String count = String.format(Locale.ROOT, "%,d", tokens.size());
        contestants.add(
                new Contestant("many", "Gatehouse, oauth2, " + count + " tokens", many, proxy, none, touch, HALF));
        contestants.add(new Contestant(
                "issue",
                "issuing, one node",
                Target.form(whole.tlsUrl("/protected/oauth2/token"), CLIENT),
                List.of(whole.pid()),
                List.of(postgres.pid()),
                NOTHING,
                MOST));
        contestants.add(new Contestant(
                "apart",
                "issuing, proxy and issuer apart",
                Target.form(cluster.proxy().tlsUrl("/protected/oauth2/token"), CLIENT),
                List.of(cluster.proxy().pid(), cluster.control().pid()),
                List.of(postgres.pid()),
                NOTHING,
                MOST));
    }

    private static Target get(String url, String token) {
        return Target.get(url, List.of(token), "");
    }

    static void configure(Node admin, String upstream) {
        for (String name : new String[] {"plain", "protected"}) {
            Http.post(admin.adminUrl("/services"), "{\"name\":\"" + name + "\",\"url\":\"http://" + upstream + "/\"}");
            route(admin, name);
        }
        protect(admin);
        Http.post(admin.adminUrl("/consumers"), "{\"username\":\"alex\"}");
        register(admin);
    }

    static void route(Node admin, String service) {
        Http.post(
                admin.adminUrl("/services/" + service + "/routes"),
                "{\"name\":\"" + service + "\",\"paths\":[\"/" + service + "\"]}");
    }

    static void protect(Node admin) {
        Http.post(
                admin.adminUrl("/services/protected/plugins"),
                "{\"name\":\"oauth2\",\"config\":{\"global_credentials\":true,\"enable_client_credentials\":true}}");
    }

    /** Creates the application of {@link #CLIENT}. */
    static void register(Node admin) {
        Http.post(
                admin.adminUrl("/consumers/alex/oauth2"),
                "{\"name\":\"bench\",\"client_id\":\"bench-client\",\"client_secret\":\"bench-secret\","
                        + "\"redirect_uris\":[\"http://127.0.0.1/\"]}");
    }

    static List<String> issue(Node proxy, int count, int connections) {
        List<String> tokens = new ArrayList<>();
        new Generator(Target.form(proxy.tlsUrl("/protected/oauth2/token"), CLIENT), connections)
                .send(count, body -> addToken(body, tokens));
        if (tokens.size() != count) {
            throw new BenchException("only " + tokens.size() + " tokens were issued");
        }
        return tokens;
    }

    /** Adds the access token of a token response. */
    static void addToken(Buffer body, List<String> tokens) {
        Matcher token = ACCESS_TOKEN.matcher(body.toString());
        if (token.find()) {
            tokens.add(token.group(1));
        }
    }

    private static void write(Path file, List<String> lines) {
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
