package io.gatehouse.launch.node;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.LogConfig;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.Role;
import io.gatehouse.config.Version;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Help.Ansi;

/** What a node says when it has started. */
final class Banner {
    private static final Logger LOG = LoggerFactory.getLogger(Banner.class);

    private Banner() {}

    /**
     * What is known then; a listener is null when off or not this node's.
     *
     * @param startTime from the start of the JVM
     */
    record Started(
            GatehouseConfig config,
            @Nullable ListenAddress proxyHttp,
            @Nullable ListenAddress proxyHttps,
            @Nullable ListenAddress admin,
            @Nullable ListenAddress status,
            Duration startTime) {}

    /** Prints it for people; where logs are JSON, standard output belongs to them and one entry says it all. */
    static void print(Started started, PrintStream out) {
        if (started.config().log().format() == LogConfig.Format.JSON) {
            LOG.info(String.join("; ", lines(started)));
            return;
        }
        List<String> lines = lines(started);
        // Decides for itself whether the terminal has colours, and obeys NO_COLOR.
        lines.replaceAll(line -> line.startsWith(WARNING) ? Ansi.AUTO.string("@|bold,yellow " + line + "|@") : line);
        lines.forEach(out::println);
        out.flush();
    }

    private static final String WARNING = "  !";

    static List<String> lines(Started started) {
        GatehouseConfig config = started.config();
        String roles = config.roles().stream().sorted().map(Role::configName).collect(Collectors.joining(", "));
        List<String> lines = new ArrayList<>();
        lines.add("Gatehouse " + Version.current() + " (" + roles + ") started in "
                + started.startTime().toMillis() + " ms");
        String proxy = join(url("http", started.proxyHttp()), url("https", started.proxyHttps()));
        add(lines, "proxy", proxy);
        add(lines, "Admin API", url("http", started.admin()));
        add(lines, "status", started.status() == null ? "" : url("http", started.status()) + "/ready");
        if (config.usesDatabase()) {
            add(lines, "database", database(config.postgres(), config));
        }
        if (config.usesDatabase() && config.postgres().embedded()) {
            lines.add(WARNING + " embedded PostgreSQL, for one machine only: set postgres.url for anything more");
        }
        if (!config.admin().http().isLoopback() && config.admin().insecure() && started.admin() != null) {
            lines.add(WARNING + " the Admin API is open to everybody who reaches it (admin.insecure)");
        }
        if (started.admin() != null && started.proxyHttp() != null) {
            add(lines, "try next", "./gatehouse demo");
        }
        return lines;
    }

    private static void add(List<String> lines, String what, String text) {
        if (!text.isEmpty()) {
            lines.add(String.format("  %-10s %s", what, text));
        }
    }

    private static String join(String first, String second) {
        return first + (first.isEmpty() || second.isEmpty() ? "" : "  ") + second;
    }

    private static String database(PostgresConfig postgres, GatehouseConfig config) {
        if (postgres.embedded() || postgres.url() == null) {
            return config.dataDir().toString();
        }
        return URI.create(postgres.url()).getAuthority();
    }

    /** As one would type it here: the wildcard addresses are no addresses to call. */
    private static String url(String scheme, @Nullable ListenAddress address) {
        if (address == null) {
            return "";
        }
        boolean everywhere = address.host().equals("0.0.0.0") || address.host().equals("::");
        return scheme + "://" + new ListenAddress(everywhere ? "localhost" : address.host(), address.port());
    }
}
