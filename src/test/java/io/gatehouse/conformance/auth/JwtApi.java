package io.gatehouse.conformance.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Jwts;
import io.gatehouse.testing.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Runs a node with an API that the jwt plugin protects, and creates credentials and their tokens. */
final class JwtApi implements AutoCloseable {
    final PluginApi api;
    final String path;

    JwtApi() {
        this(new PluginApi());
    }

    private JwtApi(PluginApi api) {
        this.api = api;
        this.path = api.protectedBy("jwt", new JsonObject());
    }

    /** Creates a node that reads the address of the client from {@code X-Real-IP}. */
    static JwtApi behindATrustedPeer() {
        return new JwtApi(
                new PluginApi(Gatehouse.start(Gatehouse.config(TestDatabase.create(), List.of("127.0.0.1/32")))));
    }

    JsonObject credential(JsonObject wanted) {
        return api.gatehouse.create("/consumers/" + api.consumer() + "/jwt", wanted);
    }

    JsonObject credential() {
        return credential(new JsonObject());
    }

    static JsonObject claims(JsonObject credential) {
        return new JsonObject().put("iss", credential.getString("key"));
    }

    static byte[] secret(JsonObject credential) {
        return credential.getString("secret").getBytes(UTF_8);
    }

    static String token(JsonObject credential) {
        return Jwts.hmac("HS256", secret(credential), claims(credential));
    }

    Reply call(String token) {
        return api.gatehouse.getWithToken(path, token);
    }

    @Override
    public void close() {
        api.close();
    }
}
