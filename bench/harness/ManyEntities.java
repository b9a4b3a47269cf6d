package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Imports many entities into a node with every role, then restarts it. */
final class ManyEntities {
    private static final String ROLES = "proxy,admin,token-issuer";
    /** After a start the JVM compiles for a while. */
    private static final int IDLE_MILLIS = 10_000;

    private static final double MOST_MEMORY = 600;

    private final Processes processes;
    private final Settings settings;
    private final List<Double> ready = new ArrayList<>();
    private final List<Double> resident = new ArrayList<>();
    private final List<Others> phases = new ArrayList<>();

    ManyEntities(Processes processes, Settings settings) {
        this.processes = processes;
        this.settings = settings;
    }

    /** Returns the part of the section about the import and the restarts. */
    String run(Postgres postgres) {
        List<String> java = Node.java(settings, true);
        var database = postgres.database("entities");
        StateFile file = StateFile.entities(processes, settings.services(), settings.consumers());
        Node first = Node.start(processes, settings, "entities", java, ROLES, database);
        Supplier<Others> importing = Others.since(processes);
        double rate = file.importInto(processes, first);
        phases.add(importing.get());
        double afterImport = Proc.residentMegabytes(first.pid());
        first.stop();
        say("%,d entities imported, %,.0f per second; then %.0f MiB", file.entities(), rate, afterImport);
        for (int round = 1; round <= settings.rounds(); round++) {
            Supplier<Others> restarting = Others.since(processes);
            Node node = Node.start(processes, settings, "entities", java, ROLES, database);
            Processes.pause(IDLE_MILLIS);
            phases.add(restarting.get());
            ready.add(node.readySeconds());
            resident.add((double) Proc.residentMegabytes(node.pid()));
            node.stop();
            say("restart %d: ready after %.2f s, then %.0f MiB", round, ready.get(round - 1), resident.get(round - 1));
        }
        return text(file, rate, afterImport);
    }

    /** The import and each restart. */
    List<Others> phases() {
        return phases;
    }

    private String text(StateFile file, double rate, double afterImport) {
        return String.format(
                        Locale.ROOT,
                        "\n%,d entities: %,d Services, each with a Route, %,d Consumers, each with an application, and plugins. "
                                + "One import, %d restarts, `-XX:MaxRAM=%s`.\n\n",
                        file.entities(),
                        settings.services(),
                        settings.consumers(),
                        settings.rounds(),
                        settings.memory())
                + Budget.table(List.of(
                        Budget.atLeast("entities that the import writes", 3_000, List.of(rate), "/s"),
                        Budget.atMost("resident memory after the import", MOST_MEMORY, afterImport, "MiB"),
                        Budget.atMost("a node with these entities is ready", 2.5, ready, "s"),
                        Budget.atMost("its resident memory after 10 s", MOST_MEMORY, resident, "MiB")));
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
