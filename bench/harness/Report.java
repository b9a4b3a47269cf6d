package bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** benchmarks.md: what bench/report.md says, with the sections that were measured; others stay as they are. */
final class Report {
    private static final Path TEMPLATE = Path.of("bench/report.md");
    private static final List<String> SECTIONS =
            List.of("load", "issue", "jwt", "memory", "start", "tokens", "entities", "nodes");

    private final Settings settings;
    private final Path file;

    Report(Settings settings) {
        this.settings = settings;
        this.file = settings.out().resolve("benchmarks.md");
    }

    /** Replaces one section. Without a quiet machine the figures are printed only: they would replace some that mean something. */
    void write(String section, String text, boolean isQuiet) {
        if (!isQuiet && !settings.smoke()) {
            System.out.println(text);
            System.out.println("NOT WRITTEN: other processes, or another machine's, used the CPU meanwhile");
            return;
        }
        try {
            String report = Files.readString(TEMPLATE);
            Optional<String> earlier = Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
            for (String name : SECTIONS) {
                Optional<String> content = name.equals(section)
                        ? Optional.of(smokeWarning() + text.strip())
                        : earlier.flatMap(document -> content(document, name));
                if (content.isPresent()) {
                    report = replace(report, name, content.get());
                }
            }
            Files.createDirectories(settings.out());
            Files.writeString(file, report);
            System.out.println("written: " + file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String smokeWarning() {
        return settings.smoke()
                ? "> **From a smoke run: a moment of everything, hardly warmed up. It shows that the tool works; the figures"
                        + " mean nothing.**\n\n"
                : "";
    }

    private static Optional<String> content(String document, String name) {
        int begin = document.indexOf(begin(name));
        int end = document.indexOf(end(name));
        return begin < 0 || end < begin
                ? Optional.empty()
                : Optional.of(
                        document.substring(begin + begin(name).length(), end).strip());
    }

    private static String replace(String document, String name, String content) {
        int begin = document.indexOf(begin(name)) + begin(name).length();
        return document.substring(0, begin) + "\n" + content + "\n" + document.substring(document.indexOf(end(name)));
    }

    private static String begin(String name) {
        return "<!-- " + name + " -->";
    }

    private static String end(String name) {
        return "<!-- /" + name + " -->";
    }
}
