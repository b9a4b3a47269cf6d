package bench;

import java.util.List;

/**
 * A server that is measured.
 *
 * @param name in the report
 * @param key in this program
 * @param target what it is asked for
 * @param pids its processes
 * @param database PostgreSQL's, when it takes part
 * @param before what happens before each round, unmeasured
 * @param share of its own throughput at which latency is measured; 0: it is not
 */
record Contestant(
        String key,
        String name,
        Target target,
        List<Long> pids,
        List<Long> database,
        Runnable before,
        double share,
        Rounds full,
        Rounds paced) {

    Contestant(
            String key,
            String name,
            Target target,
            List<Long> pids,
            List<Long> database,
            Runnable before,
            double share) {
        this(key, name, target, pids, database, before, share, new Rounds(), new Rounds());
    }

    /** Returns the requests per second of a paced round. nginx gets those of a protected call, whose latency is compared with its own. */
    double due(List<Contestant> all) {
        Contestant measured = !key.equals("nginx")
                ? this
                : all.stream()
                        .filter(other -> other.key().equals("hot"))
                        .findFirst()
                        .orElseThrow();
        return measured.full().rate() * share;
    }

    String paceName() {
        return key.equals("nginx") ? name + ", of a protected call" : name;
    }

    /** Not ours: another color in the chart. */
    boolean isPeer() {
        return key.equals("nginx") || key.equals("scg");
    }

    long residentMegabytes() {
        return pids.stream().mapToLong(Proc::residentMegabytes).sum();
    }
}
