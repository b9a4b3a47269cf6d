package io.gatehouse.fuzz.wire;

import io.gatehouse.fuzz.wire.ParsedRequest.Field;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses the responses of a connection by exactly the grammar of RFC 9112. */
public final class ResponseReader {
    private static final Pattern STATUS_LINE = Pattern.compile("(HTTP/1\\.[01]) ([1-5]\\d\\d) ([\\t -~\\x80-\\xff]*)");
    private static final Pattern FIELD =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([\\t -~\\x80-\\xff]*?)[ \\t]*");
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int FIRST_FINAL = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final InputStream in;
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    /** Reports bytes that are not a response. */
    public static final class MalformedResponse extends IOException {
        MalformedResponse(String why) {
            super(why);
        }
    }

    /**
     * Holds one complete final response.
     *
     * @param closes whether it is the last on its connection
     */
    public record Response(String version, int status, List<Field> fields, String body, boolean closes) {
        @Nullable
        public String value(String name) {
            return fields.stream()
                    .filter(field -> field.is(name))
                    .map(Field::value)
                    .findFirst()
                    .orElse(null);
        }
    }

    public ResponseReader(InputStream in) {
        this.in = in;
    }

    /** All bytes read so far. */
    public String text() {
        return Wire.text(read.toByteArray());
    }

    /** Returns the next final response, or null at the end of the connection. Throws EOFException within a response. */
    @Nullable
    public Response next(boolean toHead) throws IOException {
        while (true) {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            read.write(first);
            String line = line((char) first);
            Matcher status = STATUS_LINE.matcher(line);
            if (!status.matches()) {
                throw new MalformedResponse("the status line: " + line);
            }
            List<Field> fields = fields();
            int code = Integer.parseInt(status.group(2));
            if (code >= FIRST_FINAL || code == SWITCHING_PROTOCOLS) {
                return whole(status.group(1), code, fields, toHead);
            }
        }
    }

    /** Returns the bytes after the last response, up to the end of the connection. */
    public String rest() throws IOException {
        byte[] rest = in.readAllBytes();
        read.writeBytes(rest);
        return Wire.text(rest);
    }

    private Response whole(String version, int code, List<Field> fields, boolean toHead) throws IOException {
        List<Field> lengths =
                fields.stream().filter(field -> field.is("content-length")).toList();
        List<Field> codings =
                fields.stream().filter(field -> field.is("transfer-encoding")).toList();
        if (lengths.size() + codings.size() > 1) {
            throw new MalformedResponse("more than one framing: " + fields);
        }
        boolean closes = fields.stream()
                .anyMatch(field -> field.is("connection") && field.value().equalsIgnoreCase("close"));
        String body = "";
        if (!toHead && code >= FIRST_FINAL && code != NO_CONTENT && code != NOT_MODIFIED) {
            if (!codings.isEmpty()) {
                if (!codings.get(0).value().equals("chunked")) {
                    throw new MalformedResponse("the transfer coding: " + codings);
                }
                body = chunks();
            } else if (!lengths.isEmpty()) {
                body = take(length(lengths.get(0).value(), 10));
            } else {
                body = rest();
                closes = true;
            }
        }
        return new Response(version, code, fields, body, closes);
    }

    private static int length(String text, int radix) throws MalformedResponse {
        try {
            return Integer.parseUnsignedInt(text, radix);
        } catch (NumberFormatException e) {
            throw new MalformedResponse("a length: " + text);
        }
    }

    private String line(char first) throws IOException {
        StringBuilder line = new StringBuilder().append(first);
        while (line.charAt(line.length() - 1) != '\n') {
            line.append(one());
        }
        int end = line.length() - 2;
        if (end < 0 || line.charAt(end) != '\r' || line.indexOf("\r") != end) {
            throw new MalformedResponse("a line end: " + line);
        }
        return line.substring(0, end);
    }

    private char one() throws IOException {
        int c = in.read();
        if (c < 0) {
            throw new EOFException();
        }
        read.write(c);
        return (char) c;
    }

    private String line() throws IOException {
        return line(one());
    }

    private List<Field> fields() throws IOException {
        List<Field> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            Matcher field = FIELD.matcher(line);
            if (!field.matches()) {
                throw new MalformedResponse("a field line: " + line);
            }
            fields.add(new Field(field.group(1), field.group(2)));
        }
        return fields;
    }

    private String take(int length) throws IOException {
        byte[] taken = in.readNBytes(length);
        read.writeBytes(taken);
        if (taken.length < length) {
            throw new EOFException();
        }
        return Wire.text(taken);
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int size = length(line(), 16); size > 0; size = length(line(), 16)) {
            body.append(take(size));
            if (!line().isEmpty()) {
                throw new MalformedResponse("a chunk that does not end");
            }
        }
        fields();
        return body.toString();
    }
}
