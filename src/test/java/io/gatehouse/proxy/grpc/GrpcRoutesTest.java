package io.gatehouse.proxy.grpc;

import static io.gatehouse.proxy.grpc.GrpcApi.MESSAGE;
import static io.gatehouse.proxy.grpc.GrpcApi.answer;
import static io.gatehouse.proxy.grpc.GrpcApi.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.AccessLines;
import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.grpc.GrpcApi.Answer;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which gRPC calls a Route serves, and the errors of the gateway; docs/reference/proxy.md#protocols. */
class GrpcRoutesTest {
    private static GrpcApi greeter;

    @BeforeAll
    static void start() {
        greeter = new GrpcApi();
    }

    @AfterAll
    static void stop() {
        greeter.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/other.Greeter/Greet, 12, no Route matched with those values, 404",
        "/secret.Vault/Open,   16, The access token is missing, 401",
        "/gone.Greeter/Greet,  14, An invalid response was received from the upstream server, 502",
        "/%zz,                  3, Bad request, 400",
    })
    void anErrorOfTheGatewayIsAHeadersFrameThatEndsTheStream(String path, int grpc, String message, int status)
            throws IOException {
        try (AccessLines log = new AccessLines();
                Http2Socket socket = Http2Socket.open(greeter.gatehouse.node().port("proxy.http"))) {
            socket.headers(
                            1,
                            Http2Socket.END_STREAM,
                            ":method: POST",
                            ":scheme: http",
                            ":path: " + path,
                            ":authority: localhost",
                            "content-type: application/grpc+proto")
                    .send();
            Http2Socket.Frame head = socket.await(Http2Socket.HEADERS);
            Http2Headers headers = socket.fields(head);

            assertThat(head.flags() & Http2Socket.END_STREAM).isNotZero();
            assertThat(headers.status()).hasToString("200");
            assertThat(headers.get("content-type")).hasToString("application/grpc");
            assertThat(headers.get("grpc-status")).hasToString(String.valueOf(grpc));
            assertThat(headers.get("grpc-message")).hasToString(message);
            assertThat(headers.get("www-authenticate") != null).isEqualTo(status == 401);
            String id = headers.get("x-kong-request-id").toString();
            await().until(() -> log.statusOf(id) == status);
        }
    }

    @Test
    void aCallOnARouteOfHttpReachesItsServiceInHttp1() {
        AtomicReference<String> seen = new AtomicReference<>("");
        greeter.upstream.behave(request -> {
            seen.set(request.version() + " " + request.getHeader("content-type"));
            request.response().end("plain");
        });
        greeter.gatehouse.createApi("http", "/http", greeter.upstream.port());
        for (HttpClient each : List.of(greeter.client, greeter.tls)) {
            Answer answer = Gatehouse.await(greeter.call(each, "/http/a")
                    .compose(request -> request.send(MESSAGE).compose(GrpcApi::read)));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().toString()).isEqualTo("plain");
            assertThat(seen.get()).isEqualTo("HTTP_1_1 application/grpc");
        }
    }

    /** As in Kong, the protocols of a Route do not decide which Route a request matches. */
    @ParameterizedTest
    @CsvSource({
        "grpc,       false, 0,",
        "grpc,       true,  0,",
        "grpcs,      true,  0,",
        "grpcs,      false, 1, gRPC request matched gRPCs route",
        "'grpc,grpcs', true, 0,"
    })
    void aCallOverTlsIsServedByARouteOfGrpc(String protocols, boolean overTls, int status, String message) {
        greeter.upstream.behave(request -> request.body().onSuccess(body -> answer(request, body)));
        String name = "of." + protocols.replace(',', '.') + "." + overTls;
        greeter.gatehouse.create(
                "/services/greeter/routes", route("/" + name).put("protocols", List.of(protocols.split(","))));
        Answer answer = Gatehouse.await(greeter.call(overTls ? greeter.tls : greeter.client, "/" + name + "/Call")
                .compose(request -> request.send(MESSAGE).compose(GrpcApi::read)));
        String grpcStatus = answer.headers().contains("grpc-status")
                ? answer.headers().get("grpc-status")
                : answer.trailers().get("grpc-status");
        assertThat(grpcStatus).isEqualTo(String.valueOf(status));
        if (message != null) {
            assertThat(answer.headers().get("grpc-message")).isEqualTo(message);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "grpc,  application/json, 415, Non-gRPC request matched gRPC route",
        "grpcs, application/json, 415, Non-gRPC request matched gRPC route",
        "grpc,  application/grpc, 426, Please use HTTP2 protocol",
        "grpcs, application/grpc, 426, Please use HTTP2 protocol"
    })
    void aRouteOfGrpcServesNoOtherRequest(String protocol, String type, int status, String message) {
        String name = "strict." + protocol + status;
        greeter.gatehouse.create("/services/secret/routes", route("/" + name).put("protocols", List.of(protocol)));
        Http.send(Http.request("POST", greeter.gatehouse.proxyUrl("/" + name), type, "{}"))
                .isMessage(status, message);
        Http.send(Http.request("POST", greeter.gatehouse.secureUrl("/" + name), "application/json", "{}"))
                .isMessage(415, "Non-gRPC request matched gRPC route");
    }

    @Test
    void aTokenOpensAProtectedService() {
        greeter.upstream.behave(request -> request.body().onSuccess(body -> {
            answer(request, Buffer.buffer(request.getHeader("x-consumer-username")));
        }));
        JsonObject credential = greeter.gatehouse.register("ada", new JsonObject());
        JsonObject api = greeter.gatehouse.createApi("token", "/token", greeter.upstream.port());
        greeter.gatehouse.protect("token", new JsonObject().put("global_credentials", true));
        assertThat(api.getString("id")).isNotEmpty();
        greeter.gatehouse
                .admin("PATCH", "/services/secret/plugins/" + pluginOf("secret"), global())
                .isStatus(200);
        String token = greeter.gatehouse.clientCredentialsToken("/token", credential);
        Answer answer = Gatehouse.await(greeter.call("/secret.Vault/Open")
                .compose(request -> request.putHeader("authorization", "Bearer " + token)
                        .send(MESSAGE)
                        .compose(GrpcApi::read)));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().toString()).isEqualTo("ada");
    }

    private static void routeWith(String prefix, String plugin, JsonObject config) {
        String id = greeter.gatehouse
                .create("/services/greeter/routes", route(prefix))
                .getString("id");
        greeter.gatehouse.create(
                "/routes/" + id + "/plugins",
                new JsonObject().put("name", plugin).put("config", config));
    }

    @Test
    void aTerminatedCallHasTheMessageOfThePlugin() {
        routeWith("/closed.", "request-termination", new JsonObject().put("message", "Back at 100 %"));
        Answer closed = greeter.unary("/closed.Greeter/Greet");
        assertThat(closed.headers().get("grpc-status")).isEqualTo("14");
        assertThat(closed.headers().get("grpc-message")).isEqualTo("Back at 100 %25");
    }

    @Test
    void aRejectedCallHasTheMessageOfThePlugin() {
        greeter.upstream.behave(request -> request.body().onSuccess(body -> answer(request, body)));
        routeWith("/limited.", "rate-limiting", new JsonObject().put("year", 1).put("error_message", "slow down"));

        assertThat(greeter.unary("/limited.Greeter/Greet").trailers().get("grpc-status"))
                .isEqualTo("0");
        Answer rejected = greeter.unary("/limited.Greeter/Greet");
        assertThat(rejected.headers().get("grpc-status")).isEqualTo("8");
        assertThat(rejected.headers().get("grpc-message")).isEqualTo("slow down");
    }

    private static String pluginOf(String service) {
        return greeter.gatehouse
                .admin("GET", "/services/" + service + "/plugins")
                .json()
                .getJsonArray("data")
                .getJsonObject(0)
                .getString("id");
    }

    private static JsonObject global() {
        return new JsonObject().put("config", new JsonObject().put("global_credentials", true));
    }
}
