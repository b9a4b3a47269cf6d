package io.gatehouse.proxy.hostile;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request of {@code src/test/resources/hostile}, whose README describes the format.
 *
 * @param request bytes, as ISO 8859-1
 * @param statuses of the responses, in order
 * @param open whether the connection stays open after them
 * @param forwarded the requests that the upstream receives, in order: method, target, and the body if there is one
 */
public record HostileCase(String name, String request, List<Integer> statuses, boolean open, List<String> forwarded) {
    public static final List<String> FILES =
            List.of("smuggling", "chunks", "lines", "hosts", "paths", "identity", "oversize");

    private static final Pattern ESCAPE =
            Pattern.compile("\\\\(?:([rnt0\\\\])|x([0-9a-f]{2}))|\\{(.)\\*(\\d+)}|\\{(token)}");

    public static List<HostileCase> read(String file, String token) {
        List<HostileCase> cases = new ArrayList<>();
        Draft draft = null;
        for (String line : lines(file)) {
            if (line.startsWith("= ")) {
                draft = new Draft(file + ": " + line.substring(2));
                cases.add(draft.hostileCase());
            }
            if (draft != null && !line.isEmpty()) {
                draft.take(line, token);
                cases.set(cases.size() - 1, draft.hostileCase());
            }
        }
        return cases;
    }

    private static List<String> lines(String file) {
        String resource = "/hostile/" + file + ".txt";
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(HostileCase.class.getResourceAsStream(resource), resource),
                StandardCharsets.US_ASCII))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    private static final class Draft {
        private final String name;
        private final StringBuilder request = new StringBuilder();
        private final List<Integer> statuses = new ArrayList<>();
        private boolean open;
        private final List<String> forwarded = new ArrayList<>();

        Draft(String name) {
            this.name = name;
        }

        void take(String line, String token) {
            if (line.startsWith("< ")) {
                statuses.add(Integer.valueOf(line.substring(2, 5)));
                open = line.endsWith(" open");
            } else if (line.startsWith("> ")) {
                forwarded.add(line.substring(2));
            } else if (!line.startsWith("= ")) {
                request.append(bytes(line, token));
            }
        }

        private static String bytes(String line, String token) {
            return ESCAPE.matcher(line)
                    .replaceAll(match -> Matcher.quoteReplacement(
                            match.group(1) != null
                                    ? switch (match.group(1)) {
                                        case "r" -> "\r";
                                        case "n" -> "\n";
                                        case "t" -> "\t";
                                        case "0" -> "\0";
                                        default -> "\\";
                                    }
                                    : match.group(2) != null
                                            ? Character.toString((char) Integer.parseInt(match.group(2), 16))
                                            : match.group(5) != null
                                                    ? token
                                                    : match.group(3).repeat(Integer.parseInt(match.group(4)))));
        }

        HostileCase hostileCase() {
            return new HostileCase(name, request.toString(), List.copyOf(statuses), open, List.copyOf(forwarded));
        }
    }
}
