package io.gatehouse.launch.settings;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Describes one key of the configuration.
 *
 * @param key name in the file, such as {@code proxy.http}
 * @param kind type of its value
 * @param fallback default text, or null
 * @param description text for the reference
 * @param secrecy how much of the value may be printed
 */
public record Setting<T>(String key, Kind<T> kind, @Nullable String fallback, String description, Secrecy secrecy) {

    /** Lists how much of a value may be printed. */
    enum Secrecy {
        OPEN,
        /** A URL that may contain a password. */
        PASSWORD_INSIDE,
        SECRET
    }

    /** Parses a type of value. {@code expected} completes the sentence "expected ...". */
    public record Kind<T>(String expected, Parser<T> parser) {}

    /** Parses a text, or throws an {@link IllegalArgumentException}, whose message is not used. */
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

    /** Returns the variable that overrides the file. One rule derives it from every key. */
    public String environment() {
        return environmentOf(key);
    }

    static String environmentOf(String key) {
        return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** Returns the text with secrets masked. */
    public String display(String text) {
        return switch (secrecy) {
            case OPEN -> text;
            case PASSWORD_INSIDE -> PASSWORD_IN_URL.matcher(text).replaceFirst("://$1:" + MASK + "@");
            case SECRET -> MASK;
        };
    }
}
