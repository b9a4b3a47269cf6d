package io.gatehouse.fuzz;

import java.util.List;

/**
 * What one client sends on one connection: messages of which the last asks for its end.
 *
 * @param mutations of each message, in order
 * @param bytes as ISO 8859-1
 * @param pieces where the bytes are cut into writes: offsets, ascending
 */
record Case(long number, List<String> mutations, String bytes, List<Integer> pieces) {}
