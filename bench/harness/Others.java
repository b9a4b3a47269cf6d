package bench;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What the rest of the machine used while something was measured.
 *
 * @param total ticks of the machine, of every kind
 * @param foreign share of the machine's CPU time that other processes used, 0 to 1
 * @param stolen share that the hypervisor gave to other machines
 */
record Others(double total, double foreign, double stolen) {
    private static final double TOLERATED = 0.07;
    /** The share that a hypervisor may give to others. Above it, figures say nothing. */
    static final double MAX_STOLEN = 0.02;

    /** Begins a measurement. The supplier ends it. */
    static Supplier<Others> since(Processes processes) {
        long ownBefore = Proc.ticks(processes.pids());
        Proc.Machine before = Proc.machine();
        return () -> {
            Proc.Machine after = Proc.machine();
            long own = Proc.ticks(processes.pids()) - ownBefore;
            double total = Math.max(1, after.total() - before.total());
            return new Others(
                    total,
                    Math.max(0, after.worked() - before.worked() - own) / total,
                    (after.stolen() - before.stolen()) / total);
        };
    }

    boolean disturb() {
        return foreign > TOLERATED;
    }

    /** Returns whether nothing else disturbed the machine. */
    static boolean areQuiet(List<Others> phases) {
        return phases.stream().noneMatch(Others::disturb)
                && Starting.median(phases.stream().map(Others::stolen).toList()) <= MAX_STOLEN;
    }

    /** One sentence with the shares of each phase. */
    static String text(List<Others> phases) {
        return String.format(
                Locale.ROOT,
                "\nOther processes and steal, in per cent of the machine, phase by phase: %s.\n",
                String.join(
                        ", ",
                        phases.stream()
                                .map(phase -> String.format(
                                        Locale.ROOT, "%.0f and %.0f", phase.foreign * 100, phase.stolen * 100))
                                .toList()));
    }
}
