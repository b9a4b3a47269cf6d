package io.gatehouse.launch.settings;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One key of the configuration.
 *
 * @param key as in the file, such as {@code proxy.http}
 * @param kind how its text becomes a value
 * @param fallback the text that counts when nobody sets it, or null
 * @param description what the reference says about it
 * @param secrecy how much of the value anybody may see
 */
public record Setting<T>(String key, Kind<T> kind, @Nullable String fallback, String description, Secrecy secrecy) {

    /** How much of a value may be printed. */
    enum Secrecy {
        OPEN,
        /** A URL that may carry a password. */
        PASSWORD_INSIDE,
        SECRET
    }

    /** Turns text into a value; {@code expected} completes the sentence "expected ...". */
    public record Kind<T>(String expected, Parser<T> parser) {}

    /** Refuses with an {@link IllegalArgumentException}; the message of it is for nobody. */
    @FunctionalInterface
    public interface Parser<T> {
        T parse(String text);
    }

    public static final String PREFIX = "GATEHOUSE_";
    static final String MASK = "******";

    private static final Pattern PASSWORD_IN_URL = Pattern.compile("://([^/@:]*):.*@");

    static <T> Setting<T> open(String key, Kind<T> kind, @Nullable String fallback, String description) {
        return new Setting<>(key, kind, fallback, description, Secrecy.OPEN);
    }

    /** The variable that overrides the file: one rule for all, so nobody has to look it up. */
    public String environment() {
        return environmentOf(key);
    }

    static String environmentOf(String key) {
        return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The text as it may be printed. */
    public String display(String text) {
        return switch (secrecy) {
            case OPEN -> text;
            case PASSWORD_INSIDE -> PASSWORD_IN_URL.matcher(text).replaceFirst("://$1:" + MASK + "@");
            case SECRET -> MASK;
        };
    }
}
