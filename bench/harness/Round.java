package bench;

import java.util.function.Supplier;

/**
 * One round and what the machine did meanwhile.
 *
 * @param cpu seconds of the contestant for 100,000 requests
 * @param database seconds of PostgreSQL for 100,000 requests
 * @param harness share that this process used, which is the generator when the load is paced
 * @param foreign share of the machine's CPU time that other processes used, 0 to 1
 * @param stolen share the hypervisor gave to others
 * @param disturbed whether others used too much, each time it was tried
 */
record Round(
        Result result, double cpu, double database, double harness, double foreign, double stolen, boolean disturbed) {
    private static final int REPETITIONS = 2;
    private static final double HUNDRED_THOUSAND = 100_000;

    /** Measures until others leave the machine alone, three times at most. */
    static Round measure(Processes processes, Contestant contestant, Supplier<Result> load) {
        Round round = once(processes, contestant, load);
        for (int i = 0; i < REPETITIONS && round.disturbed(); i++) {
            round = once(processes, contestant, load);
        }
        return round;
    }

    private static Round once(Processes processes, Contestant contestant, Supplier<Result> load) {
        contestant.before().run();
        long cpu = Proc.ticks(contestant.pids());
        long databaseCpu = Proc.ticks(contestant.database());
        long harness = Proc.ownTicks();
        Supplier<Others> since = Others.since(processes);
        Result result = load.get();
        Others others = since.get();
        harness = Proc.ownTicks() - harness;
        databaseCpu = Proc.ticks(contestant.database()) - databaseCpu;
        cpu = Proc.ticks(contestant.pids()) - cpu;
        return new Round(
                result,
                perHundredThousand(cpu, result),
                perHundredThousand(databaseCpu, result),
                harness / others.total(),
                others.foreign(),
                others.stolen(),
                others.disturb());
    }

    private static double perHundredThousand(long ticks, Result result) {
        return (double) ticks / Proc.TICKS_PER_SECOND / result.requests() * HUNDRED_THOUSAND;
    }
}
