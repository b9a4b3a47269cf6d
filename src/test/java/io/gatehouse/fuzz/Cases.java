package io.gatehouse.fuzz;

import io.gatehouse.fuzz.Draft.Framing;
import io.gatehouse.fuzz.Draft.Markers;
import io.gatehouse.fuzz.wire.ParsedRequest;
import io.gatehouse.fuzz.wire.RequestReader;
import io.gatehouse.proxy.hostile.HostileCase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Generates cases: valid messages, mutated ones, and mutations of {@code src/test/resources/hostile}. */
final class Cases {
    private static final Pattern REQUEST_LINE_END = Pattern.compile("(?i)HTTP/[0-9][.][0-9]\r\n");
    private static final String MARKER = "X-Marker: ";
    private static final int MOST_MESSAGES = 6;
    private static final int ATTEMPT_SHIFT = 40;

    private final long seed;
    private final Map<String, Consumer<Draft>> mutations = new TreeMap<>();
    private final List<String> names;
    private final List<HostileCase> hostile;

    Cases(long seed, String token) {
        this.seed = seed;
        mutations.putAll(FramingMutations.all());
        mutations.putAll(HeadMutations.all());
        names = List.copyOf(mutations.keySet());
        hostile = HostileCase.FILES.stream()
                .flatMap(file -> HostileCase.read(file, token).stream())
                .filter(one -> one.request().length() < 20_000)
                .toList();
    }

    /** Returns the case of that number. Each request in it has a marker. */
    Case make(long number) {
        for (long attempt = 0; ; attempt++) {
            Case made = make(number, new Dice(seed, number + (attempt << ATTEMPT_SHIFT)));
            List<String> markers = RequestReader.readAll(made.bytes()).stream()
                    .filter(ParsedRequest::isWhole)
                    .map(request -> String.valueOf(request.marker()))
                    .toList();
            if (new TreeSet<>(markers).size() == markers.size()
                    && markers.stream().allMatch(marker -> marker.startsWith("m" + number + "-"))) {
                return made;
            }
        }
    }

    private Case make(long number, Dice dice) {
        Markers markers = new Markers(number);
        LinkedHashMap<String, String> made = new LinkedHashMap<>();
        StringBuilder bytes = new StringBuilder();
        if (dice.percent(20)) {
            // Its first request has the first marker, unless it has none.
            made.put("m" + number + "-0", "hostile file");
            bytes.append(mutated(dice, marked(dice.of(hostile).request(), markers)));
        } else {
            for (int i = dice.between(1, MOST_MESSAGES); i > 0; i--) {
                Draft draft = draft(dice, markers);
                made.put(draft.marker, draft.mutation);
                bytes.append(draft.text());
            }
        }
        Draft last = new Draft(dice, markers);
        last.target = "/open/" + last.marker;
        made.put(last.marker, "valid");
        bytes.append(last.line("Connection: close").text());
        return new Case(number, made, bytes.toString(), pieces(dice, bytes.length()));
    }

    private Draft draft(Dice dice, Markers markers) {
        Draft draft = new Draft(dice, markers);
        if (dice.percent(45)) {
            if (dice.percent(60)) {
                draft.withBody(dice.of(Framing.LENGTH, Framing.CHUNKED));
            }
        } else {
            draft.mutation = dice.of(names);
            mutations.get(draft.mutation).accept(draft);
        }
        return draft;
    }

    /** Adds a marker to each request, also to hidden ones. */
    private static String marked(String request, Markers markers) {
        return REQUEST_LINE_END
                .matcher(request)
                .replaceAll(line -> Matcher.quoteReplacement(line.group() + MARKER + markers.next() + "\r\n"));
    }

    private static String mutated(Dice dice, String text) {
        StringBuilder mutated = new StringBuilder(text);
        for (int i = dice.below(4); i > 0 && !mutated.isEmpty(); i--) {
            int at = dice.below(mutated.length());
            if (isMarker(mutated, at)) {
                // Without its marker, what reaches the upstream could not be traced to this case.
                continue;
            }
            switch (dice.below(7)) {
                case 0 ->
                    mutated.insert(at, dice.of("\r\n", "\n", "\r", " ", "\t", "\0", ":", ",", ";", "0", "\u00e4"));
                case 1 -> mutated.deleteCharAt(at);
                case 2 -> replace(mutated, "HTTP/1.1", "HTTP/1.0\r\nConnection: keep-alive");
                case 3 -> doubleLine(mutated, at);
                case 4 -> replace(mutated, "\r\n", dice.of("\r\n ", "\n", "\r\nConnection: content-length\r\n"));
                case 5 -> mutated.setCharAt(at, (char) dice.below(256));
                default -> replace(mutated, "chunked", dice.of("Chunked", "chunked, chunked", "gzip"));
            }
        }
        return mutated.toString();
    }

    private static boolean isMarker(StringBuilder text, int at) {
        int line = text.lastIndexOf("\n", at - 1) + 1;
        return text.indexOf(MARKER, line) == line;
    }

    private static void replace(StringBuilder text, String from, String to) {
        int at = text.indexOf(from);
        if (at >= 0) {
            text.replace(at, at + from.length(), to);
        }
    }

    private static void doubleLine(StringBuilder text, int at) {
        int from = text.lastIndexOf("\n", at) + 1;
        int to = text.indexOf("\n", at) + 1;
        if (to > from) {
            text.insert(to, text.substring(from, to));
        }
    }

    private static List<Integer> pieces(Dice dice, int length) {
        TreeSet<Integer> cuts = new TreeSet<>();
        if (dice.percent(40)) {
            for (int i = dice.between(1, 5); i > 0; i--) {
                cuts.add(dice.below(length));
            }
        }
        cuts.add(length);
        return List.copyOf(cuts);
    }
}
