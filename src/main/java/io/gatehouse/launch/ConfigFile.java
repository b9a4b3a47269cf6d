package io.gatehouse.launch;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a YAML file into dotted keys and their texts; {@code proxy: {http: x}} and {@code proxy.http: x} are the same. */
final class ConfigFile {
    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private final String name;
    private final Map<String, String> texts = new LinkedHashMap<>();

    private ConfigFile(String name) {
        this.name = name;
    }

    static Map<String, String> read(Path path) throws ConfigException {
        ConfigFile file = new ConfigFile(path.getFileName().toString());
        try {
            file.addAll("", YAML.readTree(Files.readString(path)));
        } catch (JsonProcessingException e) {
            throw file.invalid(e);
        } catch (NoSuchFileException e) {
            throw new ConfigException("the configuration file " + path + " does not exist", e);
        } catch (IOException e) {
            throw new ConfigException("the configuration file " + path + " cannot be read", e);
        }
        return file.texts;
    }

    private void addAll(String prefix, JsonNode node) throws ConfigException {
        if (node.isMissingNode() || node.isNull()) {
            return; // an empty file, or a heading whose keys are all commented out
        }
        if (!node.isObject()) {
            throw new ConfigException(name + " must hold keys and values, such as proxy.http: 0.0.0.0:8000");
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            add(prefix + entry.getKey(), entry.getValue());
        }
    }

    private void add(String key, JsonNode value) throws ConfigException {
        if (value.isObject()) {
            addAll(key + ".", value);
        } else if (value.isArray()) {
            put(key, join(key, value));
        } else {
            put(key, value.isNull() ? "" : value.asText());
        }
    }

    private void put(String key, String text) throws ConfigException {
        if (texts.put(key, text) != null) {
            throw new ConfigException(key + " is set twice in " + name);
        }
    }

    private String join(String key, JsonNode list) throws ConfigException {
        List<String> items = new ArrayList<>();
        for (JsonNode item : list) {
            if (!item.isValueNode()) {
                throw new ConfigException(key + " in " + name + ": a list may hold only plain values");
            }
            items.add(item.asText());
        }
        return String.join(",", items);
    }

    /** Says where, and not what: the parser's own message quotes the lines around, which may hold a password. */
    private ConfigException invalid(JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        String where =
                location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
        String what = e.getOriginalMessage().startsWith("Duplicate") ? "a key is set twice" : "not valid YAML";
        return new ConfigException(name + where + ": " + what);
    }
}
