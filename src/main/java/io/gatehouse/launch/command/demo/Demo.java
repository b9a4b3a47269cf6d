package io.gatehouse.launch.command.demo;

import io.gatehouse.launch.command.demo.DemoClient.Request;
import io.gatehouse.launch.command.demo.DemoClient.Response;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Performs docs/tutorial/first-five-minutes.md: puts an API behind the gateway, protects it, calls it with a token and revokes the
 * token. Every entity it creates is called {@code demo…} and deleted at the end, which is {@link Kept#close} if the API is kept.
 */
public final class Demo {
    private static final Map<String, String> FORM = Map.of("Content-Type", "application/x-www-form-urlencoded");
    private static final List<String> WHOLE = List.of();

    private final String admin;
    private final String proxyHttp;
    private final String proxyHttps;
    private final Map<String, String> adminHeaders;
    private final Transcript transcript;
    private final DemoClient client = new DemoClient();

    /** Takes URLs without a trailing slash. */
    public Demo(String admin, String proxyHttp, String proxyHttps, @Nullable String adminToken, Transcript transcript) {
        this.admin = admin;
        this.proxyHttp = proxyHttp;
        this.proxyHttps = proxyHttps;
        this.adminHeaders = adminToken == null ? Map.of() : Map.of("Authorization", "Bearer " + adminToken);
        this.transcript = transcript;
    }

    /** Whether the response at the Admin API's address is a Gatehouse's. */
    public boolean isNodeThere() {
        try {
            Response response = client.send(new Request("GET", admin + "/", adminHeaders, null));
            return response.status() == 200 && response.body().containsKey("gatehouse");
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Performs the steps.
     *
     * @throws IOException naming the request whose response was not the expected one
     */
    public void run() throws IOException {
        runAndKeep().close();
    }

    /**
     * Performs the steps as {@link #run}, and keeps the API, its client and its upstream until the result is closed. After a failure, it
     * keeps nothing.
     */
    public Kept runAndKeep() throws IOException {
        cleanUp();
        Kept kept = new Kept(EchoUpstream.start(0));
        try {
            protect(kept.upstream);
            call(register());
            return kept;
        } catch (IOException | RuntimeException failure) {
            try {
                kept.close();
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
            throw failure;
        }
    }

    /** Holds what the steps have created. */
    public final class Kept implements AutoCloseable {
        private final EchoUpstream upstream;

        private Kept(EchoUpstream upstream) {
            this.upstream = upstream;
        }

        /** Returns the address of the API at the proxy. */
        public String api() {
            return proxyHttp + "/demo";
        }

        @Override
        public void close() throws IOException {
            try {
                cleanUp();
            } finally {
                upstream.close();
            }
        }
    }

    private void protect(EchoUpstream upstream) throws IOException {
        transcript.step("Protect an API: a Service for its upstream, a Route for its path, the oauth2 plugin on it.");
        create(
                "/services",
                new JsonObject()
                        .put("name", "demo-service")
                        .put("url", "http://127.0.0.1:" + upstream.port() + "/anything"),
                List.of("id", "name", "host", "port", "path"));
        create(
                "/services/demo-service/routes",
                new JsonObject().put("name", "demo-route").put("paths", new JsonArray().add("/demo")),
                List.of("id", "name", "paths", "service"));
        create(
                "/services/demo-service/plugins",
                new JsonObject()
                        .put("name", "oauth2")
                        .put(
                                "config",
                                new JsonObject()
                                        .put(
                                                "scopes",
                                                new JsonArray().add("email").add("profile"))
                                        .put("enable_client_credentials", true)),
                List.of("id", "name", "config.scopes", "config.enable_client_credentials", "config.token_expiration"));
    }

    private JsonObject register() throws IOException {
        transcript.step("Register a client: a Consumer, and an application of hers.");
        create("/consumers", new JsonObject().put("username", "demo-alex"), List.of("id", "username"));
        return create(
                "/consumers/demo-alex/oauth2",
                new JsonObject()
                        .put("name", "DemoApp")
                        .put("redirect_uris", new JsonArray().add("http://localhost:8000/demo")),
                List.of("name", "client_id", "client_secret"));
    }

    private void call(JsonObject application) throws IOException {
        transcript.step("Call the API without a token: the gateway rejects the request.");
        exchange(new Request("GET", proxyHttp + "/demo", Map.of(), null), 401, WHOLE);

        transcript.step("Get a token with the application's client credentials (RFC 6749, section 4.4).");
        String form = "grant_type=client_credentials&client_id=" + application.getString("client_id")
                + "&client_secret=" + application.getString("client_secret");
        String token = exchange(new Request("POST", proxyHttps + "/demo/oauth2/token", FORM, form), 200, WHOLE)
                .text("access_token");

        transcript.step("Call the API with it: the upstream receives the request, and headers that name the Consumer.");
        Request call = new Request("GET", proxyHttp + "/demo", Map.of("Authorization", "Bearer " + token), null);
        exchange(
                call,
                200,
                List.of(
                        "method",
                        "url",
                        "headers.x-consumer-username",
                        "headers.x-credential-identifier",
                        "headers.x-forwarded-for",
                        "headers.x-kong-request-id"));

        transcript.step("Revoke the token: when the Admin API responds, every node rejects it.");
        exchange(new Request("DELETE", admin + "/oauth2_tokens/" + token, adminHeaders, null), 204, WHOLE);
        exchange(call, 401, WHOLE);
    }

    private JsonObject create(String path, JsonObject entity, List<String> shown) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>(adminHeaders);
        headers.put("Content-Type", "application/json");
        return exchange(new Request("POST", admin + path, headers, entity.encode()), 201, shown)
                .body();
    }

    private Response exchange(Request request, int status, List<String> shown) throws IOException {
        transcript.request(request);
        Response response = client.send(request);
        transcript.response(response, shown);
        if (response.status() != status) {
            throw new IOException(
                    request.method() + " " + request.url() + ": expected " + status + " and got " + response.status());
        }
        return response;
    }

    /** Deletes what an interrupted demo has left behind, too. */
    private void cleanUp() throws IOException {
        for (String path : List.of("/routes/demo-route", "/services/demo-service", "/consumers/demo-alex")) {
            client.send(new Request("DELETE", admin + path, adminHeaders, null));
        }
    }
}
