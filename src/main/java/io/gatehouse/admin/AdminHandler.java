package io.gatehouse.admin;

import io.gatehouse.admin.console.Console;
import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminErrorResponder;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Body;
import io.gatehouse.admin.http.BodyReader;
import io.gatehouse.admin.http.ClientDisconnected;
import io.gatehouse.admin.http.Content;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.EndpointTable;
import io.gatehouse.admin.http.EventStream;
import io.gatehouse.connection.Expectation;
import io.gatehouse.connection.HttpDate;
import io.gatehouse.syntax.Json;
import io.gatehouse.syntax.form.FormPair;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Handles every request: guard, endpoint, body, action, response. */
final class AdminHandler implements Handler<RoutingContext> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private static final String JSON = "application/json; charset=utf-8";

    private final EndpointTable endpoints;
    private final Console console;
    private final RequestGuard guard;
    private final BodyReader bodies;
    private final WorkerExecutor worker;
    private final String server;

    AdminHandler(EndpointTable endpoints, Console console, RequestGuard guard, WorkerExecutor worker, String version) {
        this.endpoints = endpoints;
        this.console = console;
        this.guard = guard;
        this.bodies = new BodyReader(worker);
        this.worker = worker;
        this.server = "gatehouse/" + version;
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        RequestLog entry = new RequestLog();
        Future<AdminResponse> response;
        try {
            response = console.serves(request.path()) ? page(request, entry) : checked(request, entry);
        } catch (RuntimeException rejection) {
            response = Future.failedFuture(rejection);
        }
        response.recover(failure -> errorResponse(entry, failure))
                .compose(complete -> written(request, entry, complete))
                .onFailure(failure -> unwritten(request, entry, failure));
    }

    private Future<Void> written(HttpServerRequest request, RequestLog entry, AdminResponse content) {
        return encoded(content).compose(body -> {
            send(request, entry, content, body);
            return Future.succeededFuture();
        });
    }

    /** Ends a request whose response could not be written. Its client would wait for the time limit of the connection. */
    private void unwritten(HttpServerRequest request, RequestLog entry, Throwable failure) {
        if (failure instanceof ClientDisconnected) {
            return;
        }
        AdminResponse error = AdminErrorResponder.response(entry.id, failure);
        if (request.response().headWritten()) {
            request.connection().close();
        } else {
            send(request, entry, error, bytes(error));
        }
    }

    private static Future<AdminResponse> errorResponse(RequestLog entry, Throwable failure) {
        if (failure instanceof ClientDisconnected) {
            LOG.debug("[{}] {}: {}", entry.id, entry.template, failure.getMessage());
            return Future.failedFuture(failure);
        }
        return Future.succeededFuture(AdminErrorResponder.response(entry.id, failure));
    }

    /** Responds to a request that the codec or the router rejected. */
    void reject(HttpServerRequest request, AdminError error) {
        AdminResponse response = error.exception().response();
        send(request, new RequestLog(), response, bytes(response));
    }

    /** Holds the data of a request for its log line. Path and query are omitted because they can contain a token. */
    private static final class RequestLog {
        private final String id = UUID.randomUUID().toString();
        private final long started = System.nanoTime();
        private String template = "-";
    }

    /** A browser sends no token for a page. The page sends it with its requests for data. */
    private Future<AdminResponse> page(HttpServerRequest request, RequestLog entry) {
        entry.template = "/console";
        guard.checkSource(request);
        return Future.succeededFuture(console.respond(request));
    }

    private Future<AdminResponse> checked(HttpServerRequest request, RequestLog entry) {
        guard.check(request);
        return dispatch(request, entry);
    }

    private Future<AdminResponse> dispatch(HttpServerRequest request, RequestLog entry) {
        String path = EndpointTable.withoutWorkspace(request.path());
        EndpointTable.Match match = endpoints.match(path);
        Endpoint endpoint = match.endpoint();
        entry.template = endpoint.template();
        HttpMethod method = request.method();
        if (method.equals(HttpMethod.OPTIONS)) {
            return Future.succeededFuture(options(request, endpoint));
        }
        Function<AdminRequest, Future<AdminResponse>> action = endpoint.action(method);
        if (action == null) {
            throw AdminError.METHOD_NOT_ALLOWED.exception().with("Allow", endpoint.allow());
        }
        List<FormPair> query = query(request.query());
        Future<Body> body = isBodyRead(request, endpoint) ? bodies.read(request) : Future.succeededFuture(Body.NONE);
        return body.compose(read -> action.apply(new AdminRequest(
                entry.id, guard.caller(request), method.name(), endpoint, path, match.variables(), query, read)));
    }

    /** Returns whether the body is read. That of a DELETE with filters is, so that no filter in it is ignored. */
    private static boolean isBodyRead(HttpServerRequest request, Endpoint endpoint) {
        HttpMethod method = request.method();
        boolean hasFilters = method.equals(HttpMethod.DELETE)
                && !endpoint.operation(method).query().isEmpty();
        return Endpoint.WITH_BODY.contains(method) || (hasFilters && hasBody(request));
    }

    private static boolean hasBody(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) || (length != null && !length.equals("0"));
    }

    private static List<FormPair> query(@Nullable String raw) {
        String query = raw == null ? "" : raw;
        if (UrlEncoded.hasTooManyPairs(query)) {
            throw AdminError.TOO_MANY_ARGUMENTS.exception();
        }
        return UrlEncoded.parse(query).orElseThrow(() -> AdminError.BAD_REQUEST.exception("Cannot parse query string"));
    }

    private static AdminResponse options(HttpServerRequest request, Endpoint endpoint) {
        String headers = request.getHeader("Access-Control-Request-Headers");
        return AdminResponse.NO_CONTENT
                .with("Allow", endpoint.allow())
                .with("Access-Control-Allow-Methods", endpoint.allow())
                .with("Access-Control-Allow-Headers", headers == null ? "Content-Type" : headers);
    }

    private Future<Buffer> encoded(AdminResponse content) {
        return content.isLong()
                ? worker.executeBlocking(() -> bytes(content), false)
                : Future.succeededFuture(bytes(content));
    }

    private static String type(Object body) {
        if (body instanceof EventStream) {
            return EventStream.TYPE;
        }
        return body instanceof Content content ? content.type() : JSON;
    }

    private static Buffer bytes(AdminResponse response) {
        Object body = response.body();
        if (body == null || body instanceof EventStream) {
            return Buffer.buffer();
        }
        return body instanceof Content content ? content.bytes().copy() : Buffer.buffer(Json.write(body));
    }

    private void send(HttpServerRequest request, RequestLog entry, AdminResponse content, Buffer body) {
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - entry.started);
        LOG.atLevel(Endpoint.WITH_BODY.contains(request.method()) ? Level.INFO : Level.DEBUG)
                .log("[{}] {} {} {} {} ms", entry.id, request.method(), entry.template, content.status(), millis);
        HttpServerResponse response = request.response();
        if (response.closed() || response.ended()) {
            return;
        }
        response.setStatusCode(content.status())
                .putHeader(HttpHeaders.DATE, HttpDate.now())
                .putHeader(HttpHeaders.SERVER, server)
                .putHeader("X-Gatehouse-Request-Id", entry.id)
                .putHeader("X-Gatehouse-Admin-Latency", Long.toString(millis));
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null && content.status() != AdminError.FORBIDDEN.status()) {
            // A page of an origin that the guard accepts may read the response.
            response.putHeader("Access-Control-Allow-Origin", origin).putHeader("Vary", "Origin");
        }
        for (Map.Entry<String, String> header : content.headers().entrySet()) {
            response.putHeader(header.getKey(), header.getValue());
        }
        end(request, response, content, body);
    }

    /** Returns whether the client may have withheld a body: it waits for 100, or announces more than the limit. */
    private static boolean isBodyLeft(HttpServerRequest request) {
        return !request.isEnded() && (Expectation.isContinue(request) || BodyReader.isTooLarge(request));
    }

    private static void end(
            HttpServerRequest request, HttpServerResponse response, AdminResponse content, Buffer body) {
        boolean isLast = isBodyLeft(request);
        if (isLast) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        if (content.body() != null) {
            response.putHeader(HttpHeaders.CONTENT_TYPE, type(content.body()));
        }
        boolean isHead = request.method().equals(HttpMethod.HEAD);
        if (content.body() instanceof EventStream stream && !isHead) {
            stream.opened().accept(response.setChunked(true));
            return;
        }
        if (isHead && content.body() != null && !(content.body() instanceof EventStream)) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
        }
        Future<Void> ended = isHead || content.body() == null ? response.end() : response.end(body);
        if (isLast) {
            // The client may send the body, or not and a next request instead. Only the end of the connection separates
            // them.
            ended.onComplete(done -> request.connection().close());
        }
    }
}
