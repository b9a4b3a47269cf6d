package bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A file in decK's format, and its import with the product's own command. */
record StateFile(Path path, int entities) {
    /** One Service of so many has the plugin {@code oauth2}. */
    private static final int SERVICES_OF_A_PLUGIN = 10;
    /** Routes of a Service in a file of Routes. */
    private static final int ROUTES_OF_A_SERVICE = 50;

    /** Keeps the address of a Service valid. No request reaches it. */
    static final String NO_UPSTREAM = "http://127.0.0.1:9";

    /** Writes Services, each with a Route and some with a plugin, and Consumers, each with an application. */
    static StateFile entities(Processes processes, int services, int consumers) {
        int plugins = (services + SERVICES_OF_A_PLUGIN - 1) / SERVICES_OF_A_PLUGIN;
        return write(processes, "entities", 2 * services + plugins + 2 * consumers, out -> {
            for (int i = 0; i < services; i++) {
                out.append(i == 0 ? "" : ",\n")
                        .append("{\"name\":\"service-" + i + "\",\"url\":\"" + NO_UPSTREAM + "/s" + i + "\",\"routes\":[")
                        .append("{\"name\":\"route-" + i + "\",\"paths\":[\"/api/" + i % 100 + "/service-" + i + "\"]}]");
                if (i % SERVICES_OF_A_PLUGIN == 0) {
                    out.append(",\"plugins\":[{\"name\":\"oauth2\",\"config\":{\"enable_client_credentials\":true,"
                            + "\"global_credentials\":true,\"scopes\":[\"read\"],\"provision_key\":\"provision-" + i
                            + "\"}}]");
                }
                out.append('}');
            }
            out.append("],\"consumers\":[\n");
            for (int i = 0; i < consumers; i++) {
                out.append(i == 0 ? "" : ",\n")
                        .append("{\"username\":\"consumer-" + i + "\",\"oauth2_credentials\":[{\"name\":\"app-" + i + "\",")
                        .append("\"client_id\":\"client-" + i + "\",\"client_secret\":\"secret-of-the-client-" + i + "\",")
                        .append("\"redirect_uris\":[\"https://app.example/cb\"]}]}");
            }
        });
    }

    /** Writes Routes, of which each Service has the same number. */
    static StateFile routes(Processes processes, int routes) {
        int services = (routes + ROUTES_OF_A_SERVICE - 1) / ROUTES_OF_A_SERVICE;
        return write(processes, "routes-" + routes, services + routes, out -> {
            for (int i = 0; i < routes; i++) {
                boolean isFirst = i % ROUTES_OF_A_SERVICE == 0;
                int service = i / ROUTES_OF_A_SERVICE;
                if (isFirst) {
                    out.append(i == 0 ? "" : "]},\n")
                            .append("{\"name\":\"service-" + service + "\",\"url\":\"" + NO_UPSTREAM + "/s" + service
                                    + "\",\"routes\":[");
                }
                out.append(isFirst ? "" : ",")
                        .append("{\"name\":\"route-" + i + "\",\"paths\":[\"/api/" + i % 100 + "/route-" + i + "\"]}");
            }
            out.append("]}],\"consumers\":[");
        });
    }

    /** Writes the Services and then the Consumers of a file. */
    private interface Body {
        void write(BufferedWriter out) throws IOException;
    }

    private static StateFile write(Processes processes, String name, int entities, Body body) {
        Path path = processes.work().resolve(name + ".json").toAbsolutePath();
        try (BufferedWriter out = Files.newBufferedWriter(path)) {
            out.append("{\"_format_version\":\"3.0\",\"services\":[\n");
            body.write(out);
            out.append("]}\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new StateFile(path, entities);
    }

    /** Imports the file and returns the entities per second, with the start of the command in the time. */
    double importInto(Processes processes, Node node) {
        long begin = System.nanoTime();
        String output = processes.run("import", command(node));
        double seconds = (double) (System.nanoTime() - begin) / TimeUnit.SECONDS.toNanos(1);
        if (!output.contains("created " + entities + ", ")) {
            throw new BenchException("the import did not create " + entities + " entities: "
                    + output.substring(Math.max(0, output.length() - 500)));
        }
        return entities / seconds;
    }

    /** As {@code ./gatehouse import} starts it. The client is not measured, so its heap is not limited. */
    private List<String> command(Node node) {
        return List.of(
                Node.program(),
                "-XX:+UseParallelGC",
                "-jar",
                Node.JAR.toString(),
                "import",
                "--admin=" + node.adminUrl(""),
                path.toString());
    }
}
