package io.gatehouse.proxy;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;

/** The headers of an upstream's response as the client gets them (contract/proxy.md §3). Runs for every response. */
final class ResponseHeaders {
    private static final HeaderNames NOT_COPIED = new HeaderNames(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "x-kong-request-id");

    private ResponseHeaders() {}

    static void copy(MultiMap upstream, MultiMap downstream) {
        List<String> named = ConnectionHeader.named(upstream);
        String via = null;
        for (Map.Entry<String, String> header : upstream) {
            String name = header.getKey();
            if (name.equalsIgnoreCase("via")) {
                via = via == null ? header.getValue() : via + ", " + header.getValue();
            } else if (!NOT_COPIED.contains(name) && !ConnectionHeader.contains(named, name)) {
                downstream.add(name, header.getValue());
            }
        }
        downstream.set("via", via == null ? RequestHeaders.VIA : via + ", " + RequestHeaders.VIA);
    }
}
