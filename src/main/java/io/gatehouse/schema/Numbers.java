package io.gatehouse.schema;

import java.math.BigInteger;
import java.util.Optional;

/** Converts JSON numbers to the types of fields: integers to {@code Long}, other numbers to {@code Double}. */
final class Numbers {
    /** The largest integer every JSON client can represent, 2^53. */
    private static final double MAX_INTEGER = 9_007_199_254_740_992d;

    private Numbers() {}

    static Optional<Object> integer(Object value) {
        if (value instanceof Long || value instanceof Integer || value instanceof Short) {
            return Optional.of(((Number) value).longValue());
        }
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            boolean integral = number == Math.rint(number) && Math.abs(number) <= MAX_INTEGER;
            return integral ? Optional.of((long) number) : Optional.empty();
        }
        // It is an integer beyond a long. Clamped, the range check of its field names the range; ValueCheck rejects the
        // others.
        return value instanceof BigInteger big
                ? Optional.of(big.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE)
                : Optional.empty();
    }

    static Optional<Object> number(Object value) {
        if (!(value instanceof Number number) || Double.isInfinite(number.doubleValue())) {
            return Optional.empty();
        }
        Optional<Object> integer = value instanceof BigInteger ? Optional.empty() : integer(value);
        return integer.isPresent() ? integer : Optional.of(number.doubleValue());
    }
}
