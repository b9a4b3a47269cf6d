package bench;

import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.List;
import java.util.function.LongFunction;

/**
 * What is asked for: where, and with which requests in turns. The same bytes go to every contestant but for host, path and
 * token.
 *
 * @param url of plain HTTP or TLS
 * @param script arguments of load.lua that say the same to wrk
 * @param requests gives each HTTP/1.1 request by its number, as it is sent
 * @param status of a response that is no failure
 */
record Target(String url, List<String> script, LongFunction<Buffer> requests, int status) {
    private static final int OK = 200;

    private Target(String url, List<String> script, List<Buffer> requests) {
        this(url, script, number -> requests.get((int) (number % requests.size())), OK);
    }

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

    /**
     * GET requests with tokens that are given one by one, so that a million of them need no memory. {@link Wrk} cannot send them.
     *
     * @param status of a response that is no failure
     */
    static Target given(String url, LongFunction<String> token, int status) {
        URI uri = URI.create(url);
        String head = "GET " + uri.getPath() + " HTTP/1.1\r\nHost: " + uri.getAuthority() + "\r\nAuthorization: Bearer ";
        return new Target(url, List.of(), number -> bytes(head + token.apply(number) + "\r\n\r\n"), status);
    }

    /** DELETE requests whose query is given one by one, likewise. */
    static Target deletions(String url, LongFunction<String> query) {
        URI uri = URI.create(url);
        String end = " HTTP/1.1\r\nHost: " + uri.getAuthority() + "\r\n\r\n";
        return new Target(
                url, List.of(), number -> bytes("DELETE " + uri.getPath() + "?" + query.apply(number) + end), OK);
    }

    private static Buffer bytes(String text) {
        return Buffer.buffer(text, "ISO-8859-1");
    }

    Buffer request(long number) {
        return requests.apply(number);
    }
}
