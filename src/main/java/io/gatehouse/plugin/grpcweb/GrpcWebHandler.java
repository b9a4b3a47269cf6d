package io.gatehouse.plugin.grpcweb;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.PluginResponse;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.HeaderText;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Translates the calls of browsers in gRPC-Web to gRPC, and the responses back: the {@code grpc-web} plugin. */
public final class GrpcWebHandler implements PluginHandler {
    /** A body in base64 is decoded as a whole. */
    private static final int MAX_TEXT = 1 << 20;

    private static final String GRPC = "application/grpc";
    private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";

    private static final Outcome UNSUPPORTED =
            rejection("transcoding requests require a .proto file defining the service");
    private static final Outcome MALFORMED = rejection("invalid base64");

    private final @Nullable String allowedOrigin;
    private final boolean strips;
    private final Outcome preflight;

    private GrpcWebHandler(Document config) {
        String origin = config.optionalString("allow_origin_header");
        this.allowedOrigin = origin == null ? null : HeaderText.of(origin);
        this.strips = Boolean.TRUE.equals(config.get("pass_stripped_path"));
        this.preflight = new Outcome.Response(
                HttpResponseStatus.OK.code(),
                Map.of(
                        "Content-Type",
                        "application/grpc-web-text+proto",
                        "Access-Control-Allow-Methods",
                        "POST",
                        "Access-Control-Allow-Headers",
                        "content-type,x-grpc-web,x-user-agent"),
                Buffer.buffer("OK"));
    }

    public static PluginFactory factory() {
        return (Plugin plugin, Catalog catalog) -> new GrpcWebHandler(plugin.config());
    }

    private static Outcome rejection(String text) {
        return new Outcome.Response(
                HttpResponseStatus.BAD_REQUEST.code(),
                Map.of("Content-Type", "text/plain; charset=utf-8"),
                Buffer.buffer(text));
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        if (allowedOrigin != null) {
            exchange.editResponseHead(response -> response.set(ALLOW_ORIGIN, allowedOrigin));
        }
        if (exchange.method().equals("OPTIONS")) {
            return Future.succeededFuture(preflight);
        }
        WebType type = WebType.of(exchange.request().getHeader("content-type"));
        if (type == null) {
            return Future.succeededFuture(UNSUPPORTED);
        }
        exchange.becomesGrpc();
        exchange.upstreamHeader("content-type", GRPC);
        exchange.upstreamHeader("te", "trailers");
        if (!strips && exchange.upstreamPath() == null) {
            exchange.upstreamPath(exchange.path());
        }
        if (exchange.method().equals("POST")) {
            exchange.onResponse((same, response) -> translate(type, response));
        }
        return type.isText() && exchange.mayReadBody() ? decoded(exchange) : CONTINUE;
    }

    private static Future<Outcome> decoded(Exchange exchange) {
        return exchange.readBody(MAX_TEXT).transform(read -> {
            if (read.failed()) {
                return Future.failedFuture(
                        read.cause() instanceof Exchange.BodyTooLarge
                                ? ProxyError.PAYLOAD_TOO_LARGE.failure()
                                : read.cause());
            }
            Buffer body = exchange.body();
            Buffer decoded = body == null ? null : TextBody.decode(body);
            if (decoded == null) {
                return Future.succeededFuture(MALFORMED);
            }
            exchange.body(decoded);
            return CONTINUE;
        });
    }

    /** Translates a response of gRPC. Another one is an error page of a server in between, which the client gets as it is. */
    private static void translate(WebType type, PluginResponse response) {
        String sent = response.headers().get("content-type");
        if (response.isUpstreams() && sent != null && isGrpc(sent)) {
            response.headers().set("Content-Type", type.name());
            response.transform(new WebResponse(type, response.headers()));
        }
    }

    /** Returns whether a type is {@code application/grpc}, with or without a message format. gRPC-Web is another protocol. */
    private static boolean isGrpc(String type) {
        return type.regionMatches(true, 0, GRPC, 0, GRPC.length())
                && (type.length() == GRPC.length() || "+; ".indexOf(type.charAt(GRPC.length())) >= 0);
    }
}
