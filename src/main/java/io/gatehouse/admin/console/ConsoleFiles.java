package io.gatehouse.admin.console;

import io.gatehouse.admin.http.Content;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the files of the console from the class path: the own ones, and those of libraries. */
final class ConsoleFiles {
    /** Lists the files: a name below {@code /console/}, and the resource if the file is of a library. */
    private static final String LIST = "/console/files";

    private ConsoleFiles() {}

    /** Returns the files by name. Blocks. */
    static Map<String, ConsoleFile> read() {
        Map<String, ConsoleFile> files = new LinkedHashMap<>();
        text(LIST)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(line -> line.split("\\s+", 2))
                .forEach(line -> files.put(line[0], file(line[0], line.length > 1 ? line[1] : "/console/" + line[0])));
        return Map.copyOf(files);
    }

    /** Returns the page of the console, into which {@link Console} writes the base of its links. */
    static String page() {
        return text("/console/index.html");
    }

    private static String text(String resource) {
        return new String(bytes(resource), StandardCharsets.UTF_8);
    }

    private static ConsoleFile file(String name, String resource) {
        return ConsoleFile.of(new Content(type(name), Buffer.buffer(bytes(resource))));
    }

    private static String type(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> throw new IllegalStateException(name + " has no media type");
        };
    }

    private static byte[] bytes(String resource) {
        try (InputStream file = ConsoleFiles.class.getResourceAsStream(resource)) {
            if (file == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
