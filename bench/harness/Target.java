package bench;

import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.List;

/**
 * What is asked for: where, and with which requests in turns. The same bytes go to every contestant but for host, path and
 * token.
 *
 * @param url of plain HTTP or TLS
 * @param script arguments of load.lua that say the same to wrk
 * @param requests HTTP/1.1 requests as they are sent
 */
record Target(String url, List<String> script, List<Buffer> requests) {

    /** GET requests with these tokens; {@code file} holds them for wrk. */
    static Target get(String url, List<String> tokens, String file) {
        URI uri = URI.create(url);
        return new Target(
                url,
                tokens.size() == 1 ? List.of("hot", tokens.get(0)) : List.of("many", file),
                tokens.stream()
                        .map(token -> "GET " + uri.getPath() + " HTTP/1.1\r\nHost: " + uri.getAuthority()
                                + "\r\nAuthorization: Bearer " + token + "\r\n\r\n")
                        .map(Target::bytes)
                        .toList());
    }

    /** GET requests with one token, in heads that a further field makes longer. */
    static Target padded(String url, String token, String padding) {
        URI uri = URI.create(url);
        return new Target(
                url,
                List.of("hot", token, padding),
                List.of(bytes("GET " + uri.getPath() + " HTTP/1.1\r\nHost: " + uri.getAuthority()
                        + "\r\nAuthorization: Bearer " + token + "\r\nX-Padding: " + padding + "\r\n\r\n")));
    }

    static Target form(String url, String body) {
        URI uri = URI.create(url);
        return new Target(
                url,
                List.of("form", body),
                List.of(bytes("POST " + uri.getPath() + " HTTP/1.1\r\nHost: " + uri.getAuthority()
                        + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body)));
    }

    private static Buffer bytes(String text) {
        return Buffer.buffer(text, "ISO-8859-1");
    }

    Buffer request(long number) {
        return requests.get((int) (number % requests.size()));
    }
}
