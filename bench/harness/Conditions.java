package bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Describes the conditions of a measurement: command, machine, versions. */
final class Conditions {
    private static String commit;

    private Conditions() {}

    /** One paragraph: command, date, machine, JDK, the versions in question. */
    static String paragraph(Processes processes, String command, List<String> versions) {
        return String.format(
                Locale.ROOT,
                "`%s`, %s, Gatehouse %s. %d × %s, %d GB, Linux %s; %s %s, `%s`%s.\n",
                command,
                LocalDate.now(ZoneOffset.UTC),
                commit(processes),
                Runtime.getRuntime().availableProcessors(),
                processor(),
                memoryGigabytes(),
                System.getProperty("os.version"),
                System.getProperty("java.vendor"),
                "JDK " + System.getProperty("java.version"),
                String.join(" ", flags()),
                versions.isEmpty() ? "" : "; " + String.join(", ", versions));
    }

    /** The image's flags without those that name the cache. */
    private static List<String> flags() {
        return Node.entrypoint().stream()
                .filter(word -> word.startsWith("-X") || word.startsWith("-D"))
                .filter(word -> !word.contains("SharedArchiveFile") && !word.startsWith("-Xlog"))
                .toList();
    }

    static List<String> contestants(Processes processes, String postgres) {
        return List.of(
                processes.run("version", List.of(Nginx.program(), "-v")).strip().replaceFirst(".*nginx/", "nginx "),
                "Spring Cloud Gateway " + found("bench/scg/pom.xml", "<spring-cloud-gateway.version>([^<]+)")
                        + boot("bench/scg/pom.xml"),
                postgres(postgres),
                "wrk " + wrk(processes));
    }

    /** The versions of {@code bench/run issue}. */
    static List<String> issuers(Processes processes, String postgres) {
        return List.of(
                "Spring Authorization Server " + springAuthorizationServer() + boot("bench/sas/pom.xml"),
                "Keycloak " + found(Peer.KEYCLOAK.resolve("version.txt").toString(), "(\\d[\\w.]*)"),
                postgres(postgres),
                "wrk " + wrk(processes));
    }

    private static String boot(String pom) {
        return " on Spring Boot " + found(pom, "(?s)<parent>.*?<version>([^<]+)");
    }

    /** Spring Boot selects the version, so only the packaged jar has it. */
    private static String springAuthorizationServer() {
        Pattern library = Pattern.compile(".*/spring-security-oauth2-authorization-server-(.+)\\.jar");
        try (JarFile jar = new JarFile(Peer.SAS.toFile())) {
            return jar.stream()
                    .map(entry -> library.matcher(entry.getName()))
                    .filter(Matcher::matches)
                    .map(name -> name.group(1))
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String postgres(String version) {
        return "PostgreSQL " + version;
    }

    /** wrk says its version together with how it is used, and fails. */
    private static String wrk(Processes processes) {
        Matcher version = Pattern.compile("wrk \\S*?(\\d[\\w.+-]*)")
                .matcher(processes.run("version", List.of("sh", "-c", "wrk -v || :")));
        return version.find() ? version.group(1) : "of unknown version";
    }

    /** As it is before the first report is written, which makes the tree differ from it. */
    private static String commit(Processes processes) {
        if (commit == null) {
            commit = processes
                    .run("version", List.of("sh", "-c", "git describe --always --dirty 2>/dev/null || echo unknown"))
                    .strip();
        }
        return commit;
    }

    private static String processor() {
        return found("/proc/cpuinfo", "model name\\s*:\\s*(.+)").strip();
    }

    static long memoryGigabytes() {
        return Math.round(Long.parseLong(found("/proc/meminfo", "MemTotal:\\s*(\\d+)")) / 1024.0 / 1024.0);
    }

    private static String found(String file, String pattern) {
        try {
            Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(Path.of(file)));
            return matcher.find() ? matcher.group(1) : "unknown";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
