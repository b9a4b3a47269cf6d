package io.gatehouse.proxy.grpc;

import static io.gatehouse.proxy.grpc.GrpcApi.MESSAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.proxy.grpc.GrpcApi.Answer;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Tests the grpc-web plugin behind standard-webhooks, which reads the whole body. In HTTP/2, no body follows then. */
class SignedGrpcWebTest {
    private static final String SECRET = "whsec";

    private static String signature(String timestamp, Buffer body) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        byte[] signed = ("1." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8);
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
    }

    private static void createApi(GrpcApi api) {
        api.gatehouse.create(
                "/services", new JsonObject().put("name", "web").put("url", "grpc://127.0.0.1:" + api.upstream.port()));
        api.gatehouse.create(
                "/services/web/routes",
                new JsonObject().put("protocols", List.of("http", "https")).put("paths", List.of("/web")));
        api.gatehouse.create(
                "/services/web/plugins",
                new JsonObject()
                        .put("name", "standard-webhooks")
                        .put("config", new JsonObject().put("secret_v1", SECRET)));
        api.gatehouse.create("/services/web/plugins", new JsonObject().put("name", "grpc-web"));
    }

    @Test
    void aCallInBase64IsDecoded_inEachVersionOfHttp() throws GeneralSecurityException {
        try (GrpcApi api = new GrpcApi()) {
            createApi(api);
            AtomicReference<Buffer> seen = new AtomicReference<>(Buffer.buffer());
            api.upstream.behave(request -> request.body().onSuccess(body -> {
                seen.set(body);
                GrpcApi.answer(request, body);
            }));
            String timestamp = Long.toString(System.currentTimeMillis() / 1_000);
            Buffer body = Buffer.buffer(Base64.getEncoder().encode(MESSAGE.getBytes()));
            String signature = signature(timestamp, body);
            for (var client : List.of(api.client, api.upstream.vertx().createHttpClient())) {
                seen.set(Buffer.buffer());
                Answer answer = Gatehouse.await(client.request(new RequestOptions()
                                .setMethod(HttpMethod.POST)
                                .setHost("localhost")
                                .setPort(api.gatehouse.node().port("proxy.http"))
                                .setURI("/web/Greet"))
                        .compose(request -> request.putHeader("content-type", "application/grpc-web-text")
                                .putHeader("webhook-id", "1")
                                .putHeader("webhook-timestamp", timestamp)
                                .putHeader("webhook-signature", signature)
                                .send(body)
                                .compose(GrpcApi::read)));
                assertThat(answer.status()).isEqualTo(200);
                assertThat(seen.get()).isEqualTo(MESSAGE);
            }
        }
    }
}
