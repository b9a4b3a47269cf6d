package io.gatehouse.proxy;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Runs a gateway with an upstream that serves {@code /api} in HTTP and {@code /grpc} in gRPC. */
final class HttpAndGrpcApi implements AutoCloseable {
    final Upstream upstream = Upstream.start();
    final Gatehouse gatehouse = Gatehouse.start();

    HttpAndGrpcApi() {
        gatehouse.createApi("api", "/api", upstream.port());
        gatehouse.create(
                "/services", new JsonObject().put("name", "grpc").put("url", "grpc://127.0.0.1:" + upstream.port()));
        gatehouse.create(
                "/services/grpc/routes",
                new JsonObject()
                        .put("protocols", List.of("grpc"))
                        .put("paths", List.of("/grpc"))
                        .put("strip_path", false));
    }

    int port() {
        return gatehouse.node().port("proxy.http");
    }

    @Override
    public void close() {
        gatehouse.close();
        upstream.close();
    }
}
