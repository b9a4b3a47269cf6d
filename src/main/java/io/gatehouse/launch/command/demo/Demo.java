package io.gatehouse.launch.command.demo;

import io.gatehouse.launch.command.demo.DemoClient.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The README's first five minutes by themselves: an API behind the gateway, protected, called with a token, and the token
 * revoked. Everything it makes is called {@code demo…} and gone at the end.
 */
public final class Demo {
    private final String admin;
    private final String proxyHttp;
    private final String proxyHttps;
    private final Map<String, String> adminHeaders;
    private final PrintStream out;
    private final DemoClient client;

    /** URLs without a trailing slash; {@code adminHeaders} go with every Admin request. */
    public Demo(String admin, String proxyHttp, String proxyHttps, Map<String, String> adminHeaders, PrintStream out) {
        this.admin = admin;
        this.proxyHttp = proxyHttp;
        this.proxyHttps = proxyHttps;
        this.adminHeaders = Map.copyOf(adminHeaders);
        this.out = out;
        this.client = new DemoClient(out);
    }

    /** Whether a gateway answers at the Admin API's address. */
    public boolean isNodeThere() {
        try {
            Answer answer = client.quietly("GET", admin + "/", adminHeaders, null);
            return answer.status() == 200 && answer.body().containsKey("gatehouse");
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Performs the steps.
     *
     * @throws IOException naming the step whose answer was not the expected one
     */
    public void run() throws IOException {
        cleanUp();
        try (EchoUpstream upstream = EchoUpstream.start(0)) {
            protect(upstream);
            JsonObject application = register();
            call(application);
        } finally {
            cleanUp();
        }
    }

    private void protect(EchoUpstream upstream) throws IOException {
        out.println("An API to protect: a Service for its upstream, a Route for its path, the oauth2 plugin on it.\n");
        write(
                "/services",
                new JsonObject()
                        .put("name", "demo-service")
                        .put("url", "http://127.0.0.1:" + upstream.port() + "/anything"));
        write(
                "/services/demo-service/routes",
                new JsonObject().put("name", "demo-route").put("paths", new JsonArray().add("/demo")));
        write(
                "/services/demo-service/plugins",
                new JsonObject()
                        .put("name", "oauth2")
                        .put(
                                "config",
                                new JsonObject()
                                        .put(
                                                "scopes",
                                                new JsonArray().add("email").add("profile"))
                                        .put("enable_client_credentials", true)));
    }

    private JsonObject register() throws IOException {
        out.println("Somebody to call it: a Consumer and her application.\n");
        write("/consumers", new JsonObject().put("username", "demo-alex"));
        return write(
                "/consumers/demo-alex/oauth2",
                new JsonObject()
                        .put("name", "DemoApp")
                        .put("redirect_uris", new JsonArray().add("http://localhost:8000/demo")));
    }

    private void call(JsonObject application) throws IOException {
        out.println("Without a token the API is closed.\n");
        expect(401, client.show("GET", proxyHttp + "/demo", Map.of(), null));

        out.println("The application gets one with its client credentials (RFC 6749 §4.4).\n");
        String form = "grant_type=client_credentials&client_id=" + application.getString("client_id")
                + "&client_secret=" + application.getString("client_secret");
        Answer issued = client.show("POST", proxyHttps + "/demo/oauth2/token", FORM_HEADERS, form);
        expect(200, issued);

        out.println("With it the upstream answers, and knows who called.\n");
        Map<String, String> bearer = Map.of("Authorization", "Bearer " + issued.text("access_token"));
        expect(200, client.show("GET", proxyHttp + "/demo", bearer, null));

        out.println("Revoked, it stops working at once, on every node.\n");
        expect(204, client.show("DELETE", admin + "/oauth2_tokens/" + issued.text("access_token"), adminHeaders, null));
        expect(401, client.show("GET", proxyHttp + "/demo", bearer, null));
    }

    private static final Map<String, String> FORM_HEADERS = Map.of("Content-Type", "application/x-www-form-urlencoded");

    private JsonObject write(String path, JsonObject body) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>(adminHeaders);
        headers.put("Content-Type", "application/json");
        Answer answer = client.show("POST", admin + path, headers, body.encode());
        expect(201, answer);
        return answer.body();
    }

    private static void expect(int status, Answer answer) throws IOException {
        if (answer.status() != status) {
            throw new IOException("expected " + status + " and got " + answer.status());
        }
    }

    /** Leftovers of a demo that was interrupted would be in the way of the next. */
    private void cleanUp() throws IOException {
        for (String path : new String[] {"/routes/demo-route", "/services/demo-service", "/consumers/demo-alex"}) {
            client.quietly("DELETE", admin + path, adminHeaders, null);
        }
    }
}
