package io.gatehouse.fuzz.wire;

import io.gatehouse.fuzz.wire.ParsedRequest.Field;
import io.gatehouse.fuzz.wire.ParsedRequest.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses requests by exactly the grammar of RFC 9112. The fuzzer's oracle: a request that it finds malformed must not reach
 * an upstream, and every request of the gateway must be valid.
 */
public final class RequestReader {
    private static final Pattern REQUEST_LINE =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([!-~\\x80-\\xff]+) (HTTP/(\\d)\\.(\\d))");
    private static final Pattern FIELD =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([\\t -~\\x80-\\xff]*?)[ \\t]*");
    private static final Pattern HOST = Pattern.compile("([A-Za-z0-9._~!$&'()*+,;=%-]*|\\[[0-9A-Fa-f:.]+\\])(:\\d*)?");
    private static final Pattern ORDINARY_TARGET =
            Pattern.compile("(?i:https?://[^/?#@]*)?[/?*A-Za-z0-9._~!$&'()+,;=:@%-]*");
    private static final Pattern CHUNK_SIZE = Pattern.compile("([0-9A-Fa-f]+)((?:[ \\t]*;[\\t -~\\x80-\\xff]*)?)");
    private static final int MAX_LENGTH_DIGITS = 18;
    private static final int MAX_SIZE_DIGITS = 15;

    private final String bytes;
    private int at;
    private String why = "";

    private String method = "";
    private String target = "";
    private String version = "";
    private final List<Field> fields = new ArrayList<>();
    private @Nullable String coding;
    private String body = "";
    private final List<Field> trailers = new ArrayList<>();

    /** Stops the parser: the bytes are malformed or incomplete. */
    private static final class Stop extends RuntimeException {
        private final Verdict verdict;

        Stop(Verdict verdict, String why) {
            super(why, null, false, false);
            this.verdict = verdict;
        }
    }

    private RequestReader(String bytes, int from) {
        this.bytes = bytes;
        this.at = from;
    }

    /** Parses the request that begins at the offset. */
    public static ParsedRequest read(String bytes, int from) {
        RequestReader reader = new RequestReader(bytes, from);
        try {
            reader.head();
            reader.body();
            return reader.parsed(reader.why.isEmpty() ? Verdict.VALID : Verdict.TOLERABLE, reader.why);
        } catch (Stop stop) {
            return reader.parsed(stop.verdict, String.valueOf(stop.getMessage()));
        }
    }

    /** Parses the requests of a connection, up to the first that closes it or is malformed or incomplete. */
    public static List<ParsedRequest> readAll(String bytes) {
        List<ParsedRequest> requests = new ArrayList<>();
        int from = 0;
        while (from < bytes.length()) {
            ParsedRequest request = read(bytes, from);
            requests.add(request);
            if (!request.isWhole() || request.closes()) {
                break;
            }
            from = request.end();
        }
        return requests;
    }

    private ParsedRequest parsed(Verdict verdict, String reason) {
        return new ParsedRequest(
                verdict, reason, method, target, version, List.copyOf(fields), coding, body, List.copyOf(trailers), at);
    }

    private static Stop malformed(String why) {
        return new Stop(Verdict.MALFORMED, why);
    }

    private void tolerate(String oddity) {
        why = why.isEmpty() ? oddity : why + ", " + oddity;
    }

    /** Returns the next line without its CRLF. */
    private String line() {
        int end = bytes.indexOf('\n', at);
        if (end < 0) {
            throw new Stop(Verdict.INCOMPLETE, "within a line");
        }
        if (end == at || bytes.charAt(end - 1) != '\r') {
            throw malformed("a line that ends in a bare LF");
        }
        String line = bytes.substring(at, end - 1);
        at = end + 1;
        if (line.indexOf('\r') >= 0) {
            throw malformed("a bare CR");
        }
        return line;
    }

    private void head() {
        String first = line();
        while (first.isEmpty()) {
            tolerate("an empty line before the request line");
            first = line();
        }
        Matcher request = REQUEST_LINE.matcher(first);
        if (!request.matches()) {
            throw malformed("the request line");
        }
        String minor = request.group(5);
        if (!request.group(4).equals("1")) {
            throw malformed("the version");
        }
        readFields(fields);
        method = request.group(1);
        target = request.group(2);
        version = minor.equals("0") ? "HTTP/1.0" : "HTTP/1.1";
        if (!minor.equals("0") && !minor.equals("1")) {
            tolerate("a later minor version");
        }
        if (target.indexOf('#') >= 0) {
            throw malformed("a fragment in the target");
        }
        if (!ORDINARY_TARGET.matcher(target).matches()) {
            tolerate("the target");
        }
        List<String> hosts = fields.stream()
                .filter(field -> field.is("host"))
                .map(Field::value)
                .toList();
        if (hosts.size() > 1 || (hosts.isEmpty() && version.equals("HTTP/1.1"))) {
            throw malformed(hosts.size() + " Host fields");
        }
        if (hosts.size() == 1 && !HOST.matcher(hosts.get(0)).matches()) {
            throw malformed("the Host");
        }
    }

    private void readFields(List<Field> into) {
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
                throw malformed("a folded line");
            }
            Matcher field = FIELD.matcher(line);
            if (!field.matches()) {
                throw malformed("a field line");
            }
            into.add(new Field(field.group(1), field.group(2)));
        }
    }

    private List<String> elements(String name) {
        List<String> elements = new ArrayList<>();
        for (Field field : fields) {
            if (field.is(name)) {
                for (String element : field.value().split(",", -1)) {
                    elements.add(element.strip());
                }
            }
        }
        return elements;
    }

    private void body() {
        List<String> lengths = elements("content-length");
        List<String> codings = elements("transfer-encoding");
        if (!codings.isEmpty()) {
            if (!lengths.isEmpty() || version.equals("HTTP/1.0")) {
                throw malformed("a transfer coding beside a length, or in HTTP/1.0");
            }
            List<String> named =
                    codings.stream().filter(name -> !name.isEmpty()).toList();
            if (named.size() != 1 || !named.get(0).equalsIgnoreCase("chunked")) {
                throw malformed("the transfer coding");
            }
            if (codings.size() > 1) {
                tolerate("empty elements in Transfer-Encoding");
            }
            coding = named.get(0).toLowerCase(Locale.ROOT);
            chunks();
        } else if (!lengths.isEmpty()) {
            if (lengths.stream().distinct().count() > 1 || !lengths.get(0).matches("[0-9]+")) {
                throw malformed("the length");
            }
            if (lengths.size() > 1) {
                tolerate("the same length more than once");
            }
            String digits = lengths.get(0).replaceFirst("^0+(?=.)", "");
            if (digits.length() > MAX_LENGTH_DIGITS) {
                throw malformed("a length beyond every number");
            }
            if (lengths.get(0).length() > MAX_LENGTH_DIGITS) {
                tolerate("a length with many zeros");
            }
            body = take(Long.parseLong(digits));
        }
    }

    private String take(long length) {
        if (bytes.length() - at < length) {
            throw new Stop(Verdict.INCOMPLETE, "within the body");
        }
        String taken = bytes.substring(at, at + (int) length);
        at += (int) length;
        return taken;
    }

    private void chunks() {
        StringBuilder content = new StringBuilder();
        while (true) {
            String line = line();
            String size = line.strip();
            if (!size.equals(line)) {
                tolerate("white space around a chunk size");
            }
            Matcher chunk = CHUNK_SIZE.matcher(size);
            if (!chunk.matches()) {
                throw malformed("a chunk size");
            }
            if (chunk.group(2).endsWith(";") || chunk.group(1).length() > MAX_SIZE_DIGITS) {
                tolerate("an odd chunk size");
            }
            String digits = chunk.group(1).replaceFirst("^0+(?=.)", "");
            if (digits.length() > MAX_SIZE_DIGITS) {
                throw malformed("a chunk size beyond every number");
            }
            long length = Long.parseLong(digits, 16);
            if (length == 0) {
                break;
            }
            content.append(take(length));
            if (bytes.length() - at < 2) {
                throw new Stop(Verdict.INCOMPLETE, "after a chunk");
            }
            if (!bytes.startsWith("\r\n", at)) {
                throw malformed("a chunk that does not end where it should");
            }
            at += 2;
        }
        readFields(trailers);
        body = content.toString();
    }
}
