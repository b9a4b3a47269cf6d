package bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How long and how much, from variables.
 *
 * @param seconds of each round
 * @param warmup seconds for each contestant
 * @param tokens how many different ones
 * @param tableTokens rows of the large table of {@code bench/run tokens}
 * @param transport of every node of Gatehouse
 * @param memory what each JVM may think the machine has, as {@code -XX:MaxRAM} reads it
 * @param services each with a Route, of {@code bench/run entities}
 * @param consumers each with an application
 * @param routes of which one changes
 * @param changes of one Route
 * @param nodes ascending sizes of the cluster
 * @param out directory of the report
 * @param base the other checkout of a comparison; empty: none
 * @param given the variables that were set, for the report
 */
record Settings(
        boolean smoke,
        int rounds,
        int seconds,
        int warmup,
        int tokens,
        int connections,
        int cachedTokens,
        int tableTokens,
        String transport,
        String memory,
        int services,
        int consumers,
        int routes,
        int changes,
        List<Integer> nodes,
        Path out,
        String base,
        Map<String, String> given) {

    static Settings of(String mode) {
        boolean smoke = mode.equals("smoke");
        Map<String, String> given = new LinkedHashMap<>();
        return new Settings(
                smoke,
                number("ROUNDS", smoke ? 1 : 5, given),
                number("SECONDS", smoke ? 1 : 4, given),
                number("WARMUP", smoke ? 1 : 20, given),
                number("TOKENS", smoke ? 2_000 : 100_000, given),
                number("CONNECTIONS", 64, given),
                number("REMEMBERED", smoke ? 20_000 : 1_000_000, given),
                number("TABLE_TOKENS", smoke ? 20_000 : 10_000_000, given),
                text("TRANSPORT", "auto", given),
                text("MEMORY", List.of("nodes", "tokens").contains(mode) ? "512m" : "1g", given),
                number("SERVICES", smoke ? 200 : 20_000, given),
                number("CONSUMERS", smoke ? 500 : 50_000, given),
                number("ROUTES", smoke ? 1_000 : 100_000, given),
                number("CHANGES", smoke ? 5 : mode.equals("nodes") ? 50 : 100, given),
                sizes(text("NODES", smoke ? "2 3" : "3 7 14 20", given)),
                // A smoke run must not replace figures that mean something.
                Path.of(text("OUT", smoke ? "target/bench" : "docs", given)),
                text("BASE", "", given),
                given);
    }

    private static String text(String name, String otherwise, Map<String, String> given) {
        String value = System.getenv(name);
        if (value == null || value.isBlank()) {
            return otherwise;
        }
        given.put(name, value);
        return value;
    }

    private static int number(String name, int otherwise, Map<String, String> given) {
        String value = text(name, String.valueOf(otherwise), given);
        if (!value.matches("[1-9]\\d{0,8}")) {
            throw new BenchException(name + " is " + value + ": a number from 1 is needed");
        }
        return Integer.parseInt(value);
    }

    private static List<Integer> sizes(String value) {
        if (!value.matches("[2-9]|[1-9]\\d|([2-9]|[1-9]\\d)( [1-9]\\d?)+")) {
            throw new BenchException("NODES is " + value + ": numbers from 2 to 99 are needed, such as 3 7 14 20");
        }
        List<Integer> sizes =
                Stream.of(value.split(" ")).map(Integer::valueOf).toList();
        if (!sizes.equals(sizes.stream().distinct().sorted().toList())) {
            throw new BenchException("NODES is " + value + ": each number must be larger than the one before");
        }
        return sizes;
    }

    /** What to type to get the same again. */
    String command(String mode) {
        StringBuilder command = new StringBuilder();
        given.forEach(
                (name, value) -> command.append(name).append('=').append(value.contains(" ") ? "'" + value + "'" : value).append(' '));
        return command.append("bench/run")
                .append(mode.isEmpty() ? "" : " " + mode)
                .toString();
    }
}
