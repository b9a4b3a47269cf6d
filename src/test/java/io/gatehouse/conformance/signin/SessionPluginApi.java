package io.gatehouse.conformance.signin;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Creates APIs with key-auth and the session plugin, whose anonymous Consumer gets 403. */
final class SessionPluginApi implements AutoCloseable {
    static final String SECRET = "a secret of the sessions of the tests";

    final PluginApi api;
    final String consumer;
    final JsonObject key;
    private final String anonymous;

    SessionPluginApi(PluginApi api) {
        this.api = api;
        this.consumer = api.consumer();
        this.key = api.key(consumer);
        this.anonymous = api.consumer();
        api.gatehouse.create(
                "/consumers/" + anonymous + "/plugins",
                new JsonObject()
                        .put("name", "request-termination")
                        .put("config", new JsonObject().put("status_code", 403)));
    }

    static JsonObject config() {
        return new JsonObject().put("secret", SECRET);
    }

    /** Creates an API that a key or a session opens, and returns its path. */
    String protectedBy(JsonObject session) {
        String path = api.protectedBy("key-auth", new JsonObject().put("anonymous", anonymous));
        api.add(path, "session", session);
        return path;
    }

    /** Requests the path with the key; the browser keeps the cookies. */
    Reply signIn(Browser browser, String path) {
        return signIn(browser, path, key);
    }

    Reply signIn(Browser browser, String path, JsonObject with) {
        String url = api.gatehouse.proxyUrl(path);
        Reply reply = Http.send(
                browser.cookies.isEmpty()
                        ? Http.get(url, "apikey", with.getString("key"))
                        : Http.get(url, "apikey", with.getString("key"), "Cookie", browser.header()));
        browser.keep(reply);
        return reply;
    }

    /** Requests the path with the cookies of the browser alone. */
    Reply get(Browser browser, String path) {
        return browser.script(api.gatehouse.proxyUrl(path));
    }

    static List<String> cookies(Reply reply) {
        return reply.response().headers().allValues("set-cookie");
    }

    @Override
    public void close() {
        api.close();
    }
}
