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
    static final double TOLERATED = 0.07;

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
        long own = Proc.ticks(processes.pids());
        long harness = Proc.ownTicks();
        Proc.Machine before = Proc.machine();
        Result result = load.get();
        Proc.Machine after = Proc.machine();
        harness = Proc.ownTicks() - harness;
        own = Proc.ticks(processes.pids()) - own;
        databaseCpu = Proc.ticks(contestant.database()) - databaseCpu;
        cpu = Proc.ticks(contestant.pids()) - cpu;
        double total = Math.max(1, after.total() - before.total());
        double foreign = Math.max(0, after.worked() - before.worked() - own) / total;
        return new Round(
                result,
                perHundredThousand(cpu, result),
                perHundredThousand(databaseCpu, result),
                harness / total,
                foreign,
                (after.stolen() - before.stolen()) / total,
                foreign > TOLERATED);
    }

    private static double perHundredThousand(long ticks, Result result) {
        return (double) ticks / Proc.TICKS_PER_SECOND / result.requests() * HUNDRED_THOUSAND;
    }
}
