package io.gatehouse.conformance.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.proxy.RawClient;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs a node with proxy-cache before an upstream that counts its responses. */
final class CacheApi implements AutoCloseable {
    final PluginApi plugins;
    private final AtomicInteger responses = new AtomicInteger();

    CacheApi() {
        this(new PluginApi());
    }

    CacheApi(PluginApi plugins) {
        this.plugins = plugins;
    }

    /** Creates an API with the plugin and returns its path. {@code config} has pairs of names and values. */
    String cached(Object... config) {
        JsonObject document = new JsonObject().put("strategy", "memory");
        for (int i = 0; i < config.length; i += 2) {
            document.put((String) config[i], config[i + 1]);
        }
        return plugins.protectedBy("proxy-cache", document);
    }

    /** Sets the responses of the upstream: text with the number of the response and the path, and more from the handler. */
    void respond(Handler<HttpServerResponse> more) {
        plugins.upstream.behave(request -> number(request, more));
    }

    private void number(HttpServerRequest request, Handler<HttpServerResponse> more) {
        HttpServerResponse response = request.response();
        response.putHeader("content-type", "text/plain");
        more.handle(response);
        if (!response.ended()) {
            response.end("response " + responses.incrementAndGet());
        }
    }

    Reply get(String path, String... headers) {
        return plugins.gatehouse.get(path, headers);
    }

    /** Sends a request without a body. */
    Reply send(String method, String path, String... headers) {
        return Http.send(Http.get(plugins.gatehouse.proxyUrl(path), headers)
                .method(method, HttpRequest.BodyPublishers.noBody()));
    }

    /** Returns the text of a GET with this host. */
    String getFrom(String host, String path) {
        return RawClient.send(
                        plugins.gatehouse,
                        "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                .text();
    }

    /** Asserts what the cache did for a response. */
    static Reply is(Reply reply, String status) {
        assertThat(reply.header("x-cache-status")).as(reply.text()).isEqualTo(status);
        return reply;
    }

    /** Asserts that two requests have different responses. */
    void assertSeparate(String path, String[] first, String[] second) {
        String stored = is(get(path, first), "Miss").text();
        assertThat(is(get(path, first), "Hit").text()).isEqualTo(stored);
        assertThat(is(get(path, second), "Miss").text()).isNotEqualTo(stored);
        assertThat(is(get(path, first), "Hit").text()).isEqualTo(stored);
    }

    /** Asserts that a GET stores nothing: the next one gets another response. */
    void assertNotStored(String path, String... headers) {
        Reply first = is(get(path, headers), "Bypass");
        assertThat(get(path).text()).isNotEqualTo(first.text());
    }

    @Override
    public void close() {
        plugins.upstream.behave(Upstream::echo);
        plugins.close();
    }
}
