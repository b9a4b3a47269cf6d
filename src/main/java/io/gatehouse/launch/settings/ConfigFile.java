package io.gatehouse.launch.settings;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a YAML file into dotted keys and texts. {@code proxy: {http: x}} is the same as {@code proxy.http: x}. */
final class ConfigFile {
    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final String name;
    private final Map<String, String> texts = new LinkedHashMap<>();

    private ConfigFile(String name) {
        this.name = name;
    }

    static Map<String, String> read(Path path) throws ConfigException {
        ConfigFile file = new ConfigFile(path.getFileName().toString());
        try (Reader text = Files.newBufferedReader(path);
                YAMLParser yaml = YAML.createParser(text)) {
            JsonToken first = yaml.nextToken();
            if (first == JsonToken.START_OBJECT) {
                file.addAll("", yaml);
                if (yaml.nextToken() != null) {
                    throw new ConfigException(file.name + " has a second document after ---, expected one");
                }
            } else if (first != null && first != JsonToken.VALUE_NULL) {
                throw new ConfigException(file.name + " must hold keys and values, such as proxy.http: 0.0.0.0:8000");
            }
        } catch (JsonProcessingException e) {
            throw file.invalid(e);
        } catch (NoSuchFileException e) {
            throw new ConfigException("the configuration file " + path + " does not exist", e);
        } catch (IOException e) {
            throw new ConfigException("the configuration file " + path + " cannot be read", e);
        }
        return file.texts;
    }

    private void addAll(String prefix, YAMLParser yaml) throws IOException, ConfigException {
        while (yaml.nextToken() == JsonToken.FIELD_NAME) {
            String key = prefix + yaml.currentName();
            switch (yaml.nextToken()) {
                case START_OBJECT -> addAll(key + ".", yaml);
                case START_ARRAY -> put(key, list(key, yaml));
                // A heading whose keys are all comments.
                case VALUE_NULL -> put(key, "");
                // The text as written: off is not a boolean here, and a password of digits is not a number.
                default -> put(key, text(key, yaml));
            }
        }
    }

    private void put(String key, String text) throws ConfigException {
        if (texts.put(key, text) != null) {
            throw new ConfigException(key + " is set twice in " + name);
        }
    }

    private String list(String key, YAMLParser yaml) throws IOException, ConfigException {
        List<String> items = new ArrayList<>();
        while (yaml.nextToken() != JsonToken.END_ARRAY) {
            if (!yaml.currentToken().isScalarValue()) {
                throw new ConfigException(key + " in " + name + ": a list may hold only plain values");
            }
            items.add(text(key, yaml));
        }
        return String.join(",", items);
    }

    /** The parser reports an alias as a text: the name of its anchor. */
    private String text(String key, YAMLParser yaml) throws IOException, ConfigException {
        if (yaml.isCurrentAlias()) {
            throw new ConfigException(key + " in " + name + ": an alias such as *anchor is not supported");
        }
        return yaml.getText();
    }

    /** Reports only the location, because the parser's message quotes lines, which may contain a password. */
    private ConfigException invalid(JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        String where =
                location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
        String what = e.getOriginalMessage().startsWith("Duplicate") ? "a key is set twice" : "not valid YAML";
        return new ConfigException(name + where + ": " + what);
    }
}
