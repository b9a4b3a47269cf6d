package bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An authorization server of another project, on the same PostgreSQL, whose token endpoint uses TLS. */
record Peer(long pid, Target target) {
    /** {@code bench/run issue} unpacks Keycloak there. */
    static final Path KEYCLOAK = Path.of("target/bench/keycloak").toAbsolutePath();

    static final Path SAS = Path.of("bench/sas/target/sas.jar");

    private static final int POLL_MILLIS = 200;

    /** Spring Authorization Server, of bench/sas: the JVM, collector and memory of a node of Gatehouse; Spring Boot's own pools. */
    static Peer spring(Processes processes, Settings settings, Postgres postgres, KeyFile key) {
        int port = Processes.freePort();
        List<String> command = new ArrayList<>(Node.java(settings, SAS));
        command.add("--server.port=" + port);
        command.add("--server.ssl.key-store=" + key.path());
        command.add("--server.ssl.key-store-password=" + KeyFile.PASSWORD);
        command.add("--spring.datasource.url=" + postgres.jdbc("sas"));
        command.add("--spring.datasource.username=" + Postgres.USER);
        command.add("--spring.datasource.password=" + Postgres.USER);
        return started(processes, "sas", processes.start("sas", command, Map.of()), port, "/oauth2/token");
    }

    /** Keycloak, built for PostgreSQL, with the flags that it has in a container of that memory. */
    static Peer keycloak(Processes processes, Settings settings, Postgres postgres, KeyFile key) {
        int port = Processes.freePort();
        List<String> command = List.of(
                KEYCLOAK.resolve("bin/kc.sh").toString(),
                "start",
                "--optimized",
                "--import-realm",
                // A single node, as the other contestants are.
                "--cache=local",
                "--hostname-strict=false",
                "--http-host=127.0.0.1",
                "--https-port=" + port,
                "--https-key-store-file=" + key.path(),
                "--https-key-store-password=" + KeyFile.PASSWORD,
                "--db-url=" + postgres.jdbc("keycloak"),
                "--db-username=" + Postgres.USER,
                "--db-password=" + Postgres.USER,
                "--log-level=warn");
        Map<String, String> variables = Map.of(
                "JAVA", Node.program(), "KC_RUN_IN_CONTAINER", "true", "JAVA_OPTS_APPEND", "-XX:MaxRAM=" + settings.memory());
        return started(
                processes,
                "keycloak",
                processes.start("keycloak", command, variables),
                port,
                "/realms/bench/protocol/openid-connect/token");
    }

    /** Waits until the process issues a token. */
    private static Peer started(Processes processes, String name, Process process, int port, String path) {
        Target target = Target.form("https://127.0.0.1:" + port + path, Load.CLIENT);
        processes.await(name, process, POLL_MILLIS, () -> issues(target));
        return new Peer(process.pid(), target);
    }

    private static boolean issues(Target target) {
        try {
            new Generator(target, 1).send(1, body -> {});
            return true;
        } catch (BenchException e) {
            return false; // It does not listen yet, or has not created its client.
        }
    }
}
