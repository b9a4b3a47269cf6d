package io.gatehouse.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/** Draws random choices from a seed and a case number, so that each case can be repeated alone. */
final class Dice {
    private static final long MIX = 0x9e3779b97f4a7c15L;

    private final SplittableRandom random;

    Dice(long seed, long number) {
        this.random = new SplittableRandom(seed * MIX ^ (number + 1) * 0xbf58476d1ce4e5b9L);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    /** Returns true with that probability in percent. */
    boolean percent(int share) {
        return random.nextInt(100) < share;
    }

    @SafeVarargs
    final <T> T of(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** Returns a text of letters. */
    String word(int length) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append((char) ('a' + below(26)));
        }
        return word.toString();
    }
}
