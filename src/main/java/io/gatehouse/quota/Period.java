package io.gatehouse.quota;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Names the time windows of a limit. Windows follow the calendar in UTC, as Kong's do. */
public enum Period {
    SECOND(ChronoUnit.SECONDS),
    MINUTE(ChronoUnit.MINUTES),
    HOUR(ChronoUnit.HOURS),
    DAY(ChronoUnit.DAYS),
    MONTH(ChronoUnit.MONTHS),
    YEAR(ChronoUnit.YEARS);

    private final ChronoUnit unit;

    Period(ChronoUnit unit) {
        this.unit = unit;
    }

    /** Returns the name of the field in a plugin's configuration. */
    public String field() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the start of the window that contains a time, both in milliseconds since the epoch. */
    long start(long millis) {
        if (unit.isTimeBased() || unit == ChronoUnit.DAYS) {
            return millis - Math.floorMod(millis, unit.getDuration().toMillis());
        }
        ZonedDateTime month = at(millis).truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1);
        return (this == YEAR ? month.withMonth(1) : month).toInstant().toEpochMilli();
    }

    /** Returns the end of the window that starts at a time. */
    long end(long start) {
        return at(start).plus(1, unit).toInstant().toEpochMilli();
    }

    private static ZonedDateTime at(long millis) {
        return Instant.ofEpochMilli(millis).atZone(ZoneOffset.UTC);
    }
}
