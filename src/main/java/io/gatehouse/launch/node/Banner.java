package io.gatehouse.launch.node;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.LogConfig;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.Role;
import io.gatehouse.config.StreamListener;
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

/** Prints the addresses of a started node. */
final class Banner {
    private static final Logger LOG = LoggerFactory.getLogger(Banner.class);

    private Banner() {}

    /**
     * Holds the data of the banner. A listener is null if it is off or of a role that this node does not have.
     *
     * @param startTime time since the start of the JVM
     */
    record Started(
            GatehouseConfig config,
            @Nullable ListenAddress proxyHttp,
            @Nullable ListenAddress proxyHttps,
            List<StreamListener> streams,
            @Nullable ListenAddress admin,
            @Nullable ListenAddress status,
            Duration startTime) {}

    /** Prints lines of text. If the log format is JSON, logs one entry instead, because standard output is the log. */
    static void print(Started started, PrintStream out) {
        if (started.config().log().format() == LogConfig.Format.JSON) {
            LOG.info(String.join("; ", lines(started)));
            return;
        }
        List<String> lines = lines(started);
        // AUTO checks whether standard output is a terminal with colours, and respects NO_COLOR.
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
        add(lines, "streams", started.streams().stream().map(Banner::stream).collect(Collectors.joining("  ")));
        String admin = url(config.admin().tls() == null ? "http" : "https", started.admin());
        add(lines, "Admin API", admin);
        add(lines, "console", admin.isEmpty() ? "" : admin + "/console");
        add(lines, "status", started.status() == null ? "" : url("http", started.status()) + "/ready");
        if (config.usesDatabase()) {
            add(lines, "database", database(config.postgres(), config));
        }
        if (config.usesDatabase() && config.postgres().embedded()) {
            lines.add(WARNING + " embedded PostgreSQL, for one machine only: set postgres.url for anything more");
        }
        if (!config.admin().http().isLoopback() && config.admin().insecure() && started.admin() != null) {
            lines.add(WARNING
                    + " the Admin API accepts every request that reaches it, without authentication (admin.insecure)");
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

    private static String stream(StreamListener listener) {
        return listener.address().callable() + (listener.isTls() ? " (TLS)" : "");
    }

    /** Returns the URL to call from this machine. */
    private static String url(String scheme, @Nullable ListenAddress address) {
        if (address == null) {
            return "";
        }
        return scheme + "://" + address.callable();
    }
}
