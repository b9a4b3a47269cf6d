package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** All rounds of one kind of one contestant. */
final class Rounds {
    private final List<Round> all = new ArrayList<>();

    void add(Round round) {
        all.add(round);
    }

    List<Round> all() {
        return all;
    }

    long disturbed() {
        return all.stream().filter(Round::disturbed).count();
    }

    double rate() {
        return median(round -> round.result().rate());
    }

    double cpu() {
        return median(Round::cpu);
    }

    /** Seconds of CPU for 100,000 requests, of all rounds together. */
    double cpuOfAll() {
        return all.stream()
                        .mapToDouble(round -> round.cpu() * round.result().requests())
                        .sum()
                / all.stream().mapToLong(round -> round.result().requests()).sum();
    }

    double p50() {
        return median(round -> round.result().p50());
    }

    double p99() {
        return median(round -> round.result().p99());
    }

    double median(ToDoubleFunction<Round> value) {
        double[] sorted = values(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** Returns the figure of each round. */
    List<Double> each(ToDoubleFunction<Round> value) {
        return values(value).boxed().toList();
    }

    /** Returns the ratio of each round to the same one of others: neighbours in time, so that a slow minute is in both. */
    List<Double> ratios(Rounds others, ToDoubleFunction<Round> value) {
        return IntStream.range(0, Math.min(all.size(), others.all.size()))
                .mapToObj(i -> value.applyAsDouble(all.get(i)) / value.applyAsDouble(others.all.get(i)))
                .toList();
    }

    /** Returns whether nothing else disturbed the machine. */
    boolean areQuiet() {
        return disturbed() == 0 && median(Round::stolen) <= Others.MAX_STOLEN;
    }

    double min(ToDoubleFunction<Round> value) {
        return values(value).min().orElseThrow();
    }

    double max(ToDoubleFunction<Round> value) {
        return values(value).max().orElseThrow();
    }

    private DoubleStream values(ToDoubleFunction<Round> value) {
        return all.stream().mapToDouble(value);
    }
}
