package io.gatehouse.launch.settings;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Holds the text and the source of each key, from file, environment and defaults. */
public final class RawSettings {
    private static final int MAX_PRINTED = 100;

    /** Holds a value as text, with the variable or file that it is from. The higher rank overrides. */
    public record Text(String value, String source, int rank) {}

    private static final String DEFAULT = "default";

    private final Map<String, Text> texts;

    RawSettings(Map<String, Text> texts) {
        this.texts = Map.copyOf(texts);
    }

    <T> T get(Setting<T> setting) throws ConfigException {
        return find(setting).orElseThrow(() -> new ConfigException(setting.key() + " is not set"));
    }

    <T> Optional<T> find(Setting<T> setting) throws ConfigException {
        Text text = text(setting);
        return text == null ? Optional.empty() : Optional.of(parse(setting, text));
    }

    /** Returns the effective text, or null if the key is not set and has no default. */
    @Nullable
    public Text text(Setting<?> setting) {
        Text text = texts.get(setting.key());
        if (text != null || setting.fallback() == null) {
            return text;
        }
        return new Text(setting.fallback(), DEFAULT, 0);
    }

    private static <T> T parse(Setting<T> setting, Text text) throws ConfigException {
        try {
            return setting.kind().parser().parse(text.value());
        } catch (RuntimeException e) {
            String shown =
                    setting.secrecy() == Setting.Secrecy.OPEN ? quote(text.value()) : "the value (not shown here)";
            throw new ConfigException(
                    setting.key() + " (from " + text.source() + "): " + shown + " is not valid, expected "
                            + setting.kind().expected(),
                    e);
        }
    }

    /** Returns the value in quotes, on one line and of at most 100 characters. */
    static String quote(String value) {
        return '"' + printable(value) + '"';
    }

    public static String printable(String value) {
        String line = value.replaceAll("\\p{Cntrl}+", " ");
        return line.length() > MAX_PRINTED ? line.substring(0, MAX_PRINTED) + "..." : line;
    }
}
