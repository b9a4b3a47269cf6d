package bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Heap bytes for each cached token, measured by a program of src/test in its own JVM.
 *
 * @param firstLevel an entry of the in-process cache
 * @param shared one copy in the shared map
 */
record CachedTokens(int tokens, double firstLevel, double shared) {
    private static final Pattern BYTES = Pattern.compile("(?m)^(first level|shared) ([\\d.]+)$");

    static CachedTokens measure(Processes processes, Settings settings) {
        try {
            String classpath = "target/test-classes:target/classes:"
                    + Files.readString(Path.of("target/bench.classpath")).strip();
            String output = processes.run(
                    "memory",
                    List.of(
                            Node.program(),
                            "-Xmx4g",
                            "-XX:+UseParallelGC",
                            "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2",
                            "-cp",
                            classpath,
                            "io.gatehouse.testing.TokenMemory",
                            String.valueOf(settings.cachedTokens())));
            return new CachedTokens(settings.cachedTokens(), bytes(output, "first level"), bytes(output, "shared"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double bytes(String output, String level) {
        Matcher line = BYTES.matcher(output);
        while (line.find()) {
            if (line.group(1).equals(level)) {
                return Double.parseDouble(line.group(2));
            }
        }
        throw new BenchException("the measurement said " + output);
    }
}
