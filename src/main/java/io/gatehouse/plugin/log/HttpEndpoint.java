package io.gatehouse.plugin.log;

import io.gatehouse.syntax.UrlServer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;

/**
 * Describes the requests to an HTTP server that takes batches.
 *
 * @param url may contain a user and a password, which are sent as Basic credentials
 * @param headers in addition to {@code Content-Type}
 * @param connectMillis until the connection is open
 * @param exchangeMillis from the first byte of the request to the last one of the response
 */
public record HttpEndpoint(
        String url,
        String method,
        String contentType,
        Map<String, ?> headers,
        long connectMillis,
        long exchangeMillis) {

    RequestOptions request() {
        URI uri = URI.create(url);
        UrlServer server = Objects.requireNonNull(UrlServer.of(uri), "the schema accepts no URL without a host");
        boolean isTls = "https".equals(uri.getScheme());
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        RequestOptions options = new RequestOptions()
                .setHost(server.host())
                .setPort(server.port() > 0 ? server.port() : isTls ? 443 : 80)
                .setSsl(isTls)
                .setMethod(HttpMethod.valueOf(method))
                .setURI(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
                .setConnectTimeout(connectMillis)
                .putHeader("Content-Type", contentType);
        if (server.userInfo() != null) {
            byte[] credentials = server.userInfo().getBytes(StandardCharsets.UTF_8);
            options.putHeader("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        headers.forEach((name, value) -> options.putHeader(name, String.valueOf(value)));
        return options;
    }
}
