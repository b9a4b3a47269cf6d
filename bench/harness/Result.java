package bench;

/**
 * What the load generator saw in one round.
 *
 * @param rate requests a second
 * @param p50 microseconds
 * @param p99 microseconds
 */
record Result(long requests, double rate, long p50, long p99) {}
