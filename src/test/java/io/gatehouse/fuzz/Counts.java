package io.gatehouse.fuzz;

/** Prints what a fuzzer has counted, with the prefix by which the steps of CI find it among the logs of the node. */
final class Counts {
    private static final String PREFIX = "fuzz: ";

    private Counts() {}

    static void print(String counts) {
        counts.lines().forEach(line -> System.out.println(PREFIX + line));
    }
}
