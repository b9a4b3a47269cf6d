package io.gatehouse.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.opentest4j.TestAbortedException;

/** Writes the results of this run to {@code target/faults/table.md}, or {@code -Dfault.table}, and to the console. */
final class FaultTable {
    private static final Path FILE = Path.of("target", "faults", System.getProperty("fault.table", "table.md"));
    private static final String HEAD = """
            | fault | duration s | requests | failures | wrong decisions | stale within the bound | responses naming late nodes |
            | --- | --- | --- | --- | --- | --- | --- |
            """;

    static {
        try {
            Files.deleteIfExists(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FaultTable() {}

    /** Writes the row of a fault, and its failures below it. */
    static void row(String fault, Tally tally) {
        String row = "| %s | %.1f | %d | %d | %d | %s | %d |%n"
                .formatted(
                        fault,
                        tally.millis() / 1000.0,
                        tally.requests(),
                        tally.failed(),
                        tally.wrongs(),
                        tally.staleOnes(),
                        tally.lateOnes());
        StringBuilder details = new StringBuilder();
        tally.failures(any -> true).forEach((what, count) -> details.append("  %s: %s%n".formatted(what, count)));
        List<String> wrong = tally.wrong();
        wrong.stream()
                .limit(10)
                .forEach(line -> details.append("  WRONG ").append(line).append('\n'));
        write(row);
        System.out.print(row + details);
    }

    /** Writes a measurement as a line of its own. */
    static void line(String text) {
        write("\n" + text + "\n");
        System.out.println(text);
    }

    /** Notes in the table that this machine cannot cause a fault. The caller throws the result, which aborts its tests. */
    static TestAbortedException cannot(String fault, String reason) {
        String text = fault + ", because of this machine: " + reason;
        write("\nNOT CHECKED: " + text + "\n");
        return new TestAbortedException(text);
    }

    private static synchronized void write(String row) {
        try {
            Files.createDirectories(FILE.getParent());
            if (!Files.exists(FILE)) {
                Files.writeString(FILE, HEAD);
            }
            Files.writeString(FILE, row, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
