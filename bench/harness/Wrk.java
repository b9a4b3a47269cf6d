package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As many requests as fit: wrk with one thread. */
final class Wrk {
    private static final Pattern RESULT = Pattern.compile("(?m)^RESULT (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)$");
    private static final double MICROS_PER_SECOND = 1_000_000;

    private Wrk() {}

    /** Fails when one request does: a gateway that refuses is fast. */
    static Result run(Processes processes, Target target, int connections, int seconds) {
        List<String> command = new ArrayList<>(List.of(
                "wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "--timeout", "10s", "-s", "bench/load.lua"));
        command.add(target.url());
        command.add("--");
        command.addAll(target.script());
        String output = processes.run("wrk", command);
        Matcher result = RESULT.matcher(output);
        if (!result.find()) {
            throw new BenchException("wrk said " + output);
        }
        long requests = Long.parseLong(result.group(1));
        if (requests == 0 || Long.parseLong(result.group(3)) > 0) {
            throw new BenchException("requests to " + target.url() + " failed: " + output);
        }
        return new Result(
                requests,
                requests / (Long.parseLong(result.group(2)) / MICROS_PER_SECOND),
                Long.parseLong(result.group(4)),
                Long.parseLong(result.group(5)));
    }
}
