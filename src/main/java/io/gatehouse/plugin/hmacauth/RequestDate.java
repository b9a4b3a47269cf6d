package io.gatehouse.plugin.hmacauth;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Parses the date of a request in the three forms that a recipient accepts (RFC 9110 §5.6.7). The day of the week is not checked. */
final class RequestDate {
    /** The first year that two digits stand for, as in Kong. */
    private static final int FIRST_YEAR = 1970;

    private static final int YEAR_DIGITS = 4;

    private static final DateTimeFormatter RFC_850 = new DateTimeFormatterBuilder()
            .appendPattern("dd-MMM-")
            .appendValueReduced(ChronoField.YEAR, 2, 2, FIRST_YEAR)
            .appendPattern(" HH:mm:ss 'GMT'")
            .toFormatter(Locale.US)
            .withZone(ZoneOffset.UTC);

    /** Its year has four digits: the milliseconds of a longer one overflow. */
    private static final DateTimeFormatter ASCTIME = new DateTimeFormatterBuilder()
            .appendPattern("MMM [ ]d HH:mm:ss ")
            .appendValue(ChronoField.YEAR, YEAR_DIGITS)
            .toFormatter(Locale.US)
            .withZone(ZoneOffset.UTC);

    private RequestDate() {}

    /** Returns the milliseconds since the epoch; empty if the text is no date. */
    static OptionalLong millis(String text) {
        int comma = text.indexOf(',');
        int dayEnd = comma < 0 ? text.indexOf(' ') : comma;
        String date = text.substring(dayEnd + 1).strip();
        List<DateTimeFormatter> forms =
                comma < 0 ? List.of(ASCTIME) : List.of(DateTimeFormatter.RFC_1123_DATE_TIME, RFC_850);
        for (DateTimeFormatter form : forms) {
            try {
                return OptionalLong.of(Instant.from(form.parse(date)).toEpochMilli());
            } catch (DateTimeException another) {
                // Another form, or none.
            }
        }
        return OptionalLong.empty();
    }
}
