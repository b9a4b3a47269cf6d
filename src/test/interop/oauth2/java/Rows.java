import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The flows in terms of a library's adapter; prints one JSON line for each. */
final class Rows {
    static final String WRONG_VERIFIER = "w".repeat(43);
    private static final Pattern ERROR = Pattern.compile("error=\"([^\"]*)\"");

    record Tokens(String access, String refresh) {}

    /** An authorization response, and what redeems its code. */
    record Grant(boolean isPublic, String code, String state, String verifier) {}

    /** An error as the library reported it: its code, and the status if the library shows one. */
    static final class Reported extends Exception {
        final String error;
        final Integer status;

        Reported(String error, Integer status) {
            super(error);
            this.error = error;
            this.status = status;
        }
    }

    interface Flow {
        void run() throws Exception;
    }

    /** What a library can do; a method that is not overridden is a flow that it lacks. */
    interface Adapter {
        Tokens clientCredentials(String secret, String scope, boolean body) throws Exception;

        Grant authorize(boolean isPublic) throws Exception;

        Tokens redeem(Grant grant, String secret, String verifier) throws Exception;

        Tokens refresh(Tokens tokens) throws Exception;

        /** Whether the token is active. */
        boolean introspect(Tokens tokens, String secret) throws Exception;

        default List<Flow> revocation(Tokens tokens) {
            return List.of();
        }

        default List<Flow> password() {
            return List.of();
        }

        /** The token endpoint. */
        default String discover(String issuer) throws Exception {
            throw new UnsupportedOperationException();
        }

        default boolean canDiscover() {
            return false;
        }

        /** The error in an exception of the library; null if there is none. */
        Reported reported(Exception failure);
    }

    private final JsonObject world;
    private final JsonObject route;
    private final Adapter adapter;
    private Tokens tokens;
    private Tokens old;

    private Rows(JsonObject world, JsonObject route, Adapter adapter) {
        this.world = world;
        this.route = route;
        this.adapter = adapter;
    }

    static void run(String file, Function<JsonObject, Function<JsonObject, Adapter>> adapters) throws Exception {
        JsonObject world = new JsonObject(Files.readString(Path.of(file)));
        trust(Path.of(world.getString("authority")));
        JsonArray routes = world.getJsonArray("routes");
        for (int i = 0; i < routes.size(); i++) {
            JsonObject route = routes.getJsonObject(i);
            new Rows(world, route, adapters.apply(world).apply(route)).all();
        }
    }

    private void all() {
        String secret = world.getString("clientSecret");
        row("client credentials", () -> adapter.clientCredentials(secret, "read", false));
        row("client credentials, wrong secret", () -> adapter.clientCredentials("wrong", "read", false));
        row("client credentials, unknown scope", () -> adapter.clientCredentials(secret, "none", false));
        row("secret in the body", () -> adapter.clientCredentials(secret, "read", true));
        row("secret in the body, wrong secret", () -> adapter.clientCredentials("wrong", "read", true));
        row("code", () -> {
            tokens = adapter.redeem(adapter.authorize(false), secret, null);
            check(tokens.refresh() != null, "no refresh token");
        });
        row("code, wrong secret", () -> adapter.redeem(adapter.authorize(false), "wrong", null));
        row("code, wrong verifier", () -> adapter.redeem(adapter.authorize(false), secret, WRONG_VERIFIER));
        row("code, reused", () -> {
            Grant grant = adapter.authorize(false);
            adapter.redeem(grant, secret, null);
            adapter.redeem(grant, secret, null);
        });
        String user = world.getString("user");
        row("public client", () -> call(adapter.redeem(adapter.authorize(true), null, null), user));
        row("public client, wrong verifier", () -> adapter.redeem(adapter.authorize(true), null, WRONG_VERIFIER));
        row("refresh", () -> {
            Tokens fresh = adapter.refresh(tokens);
            check(!fresh.access().equals(tokens.access()), "the same token");
            old = tokens;
            tokens = fresh;
        });
        row("refresh, used token", () -> adapter.refresh(old));
        row("API call", () -> call(tokens, user));
        row("API call, revoked token", () -> call(old, user));
        row("API call, missing scope", () -> call(adapter.clientCredentials(secret, "write", false), null));
        row("introspection", () -> check(adapter.introspect(tokens, secret), "the token is inactive"));
        row("introspection, revoked token", () -> check(!adapter.introspect(old, secret), "the token is active"));
        row("introspection, wrong secret", () -> adapter.introspect(tokens, "wrong"));
        twins("revocation", "revocation, wrong secret", adapter.revocation(tokens));
        if (route.getString("name").equals("kong")) {
            twins("password", "password, wrong provision key", adapter.password());
        }
        if (adapter.canDiscover() && world.getBoolean("discovery")) {
            row("discovery", () -> {
                String found = adapter.discover(route.getString("issuer"));
                check(found.equals(route.getString("token")), "the token endpoint is " + found);
            });
            row("discovery, unknown issuer", () -> adapter.discover(world.getString("gateway") + "/none"));
        }
    }

    private void twins(String flow, String twin, List<Flow> both) {
        if (!both.isEmpty()) {
            row(flow, both.get(0));
            row(twin, both.get(1));
        }
    }

    private void row(String name, Flow flow) {
        JsonObject row = new JsonObject().put("route", route.getString("name")).put("flow", name);
        try {
            flow.run();
            row.put("ok", true);
        } catch (Exception failure) {
            Reported reported = failure instanceof Reported known ? known : adapter.reported(failure);
            if (reported == null) {
                row.put("failure", failure.toString());
            } else {
                row.put("error", reported.error).put("status", reported.status);
            }
        }
        System.out.println(row.encode());
    }

    static void check(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }

    private void call(Tokens used, String user) throws Exception {
        HttpResponse<String> response = get(route.getString("api"), used.access());
        if (response.statusCode() != 200) {
            Matcher error = ERROR.matcher(response.headers().firstValue("WWW-Authenticate").orElse(""));
            throw new Reported(error.find() ? error.group(1) : null, response.statusCode());
        }
        JsonObject seen = new JsonObject(response.body());
        check("interop".equals(seen.getString("x-consumer-username")), "the API saw " + seen);
        check(java.util.Objects.equals(user, seen.getString("x-authenticated-userid")), "the API saw " + seen);
    }

    /** The two libraries call no API by themselves, so the JDK's client does. */
    static HttpResponse<String> get(String url, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The browser at the login page: returns the code and the state of the URL to which the page redirects it. */
    static Grant browse(String url, boolean isPublic, String verifier) throws Exception {
        String query = URI.create(get(url, null).headers().firstValue("Location").orElseThrow()).getQuery();
        return new Grant(isPublic, parameter(query, "code"), parameter(query, "state"), verifier);
    }

    private static String parameter(String query, String name) {
        Matcher found = Pattern.compile("(?:^|&)" + name + "=([^&]*)").matcher(query);
        return found.find() ? found.group(1) : null;
    }

    private static void trust(Path authority) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(authority)) {
            store.setCertificateEntry("run", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLContext.setDefault(context);
    }
}
