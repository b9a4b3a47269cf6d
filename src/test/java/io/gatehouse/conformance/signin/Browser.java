package io.gatehouse.conformance.signin;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Requests pages of the gateway as a browser does: it keeps cookies, and a test follows the redirects. */
final class Browser {
    final Map<String, String> cookies = new LinkedHashMap<>();

    /** Requests a page. */
    Reply page(String url) {
        return send(Http.get(url, "Accept", "text/html"));
    }

    /** Sends a request as a script of a page does. */
    Reply script(String url) {
        return send(Http.get(url, "Accept", "application/json"));
    }

    Reply post(String url) {
        return send(Http.form(url, Map.of()));
    }

    private Reply send(HttpRequest.Builder request) {
        if (!cookies.isEmpty()) {
            request.header("Cookie", header());
        }
        Reply reply = Http.send(request);
        keep(reply);
        return reply;
    }

    String header() {
        return cookies.entrySet().stream()
                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                .collect(Collectors.joining("; "));
    }

    void keep(Reply reply) {
        for (String set : reply.response().headers().allValues("set-cookie")) {
            String pair = set.split(";", -1)[0];
            String name = pair.substring(0, pair.indexOf('='));
            if (set.contains("Max-Age=0")) {
                cookies.remove(name);
            } else {
                cookies.put(name, pair.substring(name.length() + 1));
            }
        }
    }

    /** Requests a page, signs in at the provider and returns the URL of the callback, which the caller requests. */
    String callback(String url) {
        return location(Http.send(Http.get(location(page(url).isStatus(302)))).isStatus(302));
    }

    /** Signs in and returns the response to the callback. */
    Reply signIn(String url) {
        return page(callback(url));
    }

    static String location(Reply reply) {
        return Objects.requireNonNull(reply.header("location"), reply.text());
    }
}
