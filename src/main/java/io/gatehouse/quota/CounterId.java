package io.gatehouse.quota;

/**
 * Identifies a counter: one window of one key.
 *
 * @param start of the window, in milliseconds since the epoch
 */
public record CounterId(String key, Period period, long start) {
    static CounterId of(String key, Period period, long now) {
        return new CounterId(key, period, period.start(now));
    }

    public long end() {
        return period.end(start);
    }
}
