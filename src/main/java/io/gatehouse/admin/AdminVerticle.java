package io.gatehouse.admin;

import io.gatehouse.admin.audit.AuditEndpoints;
import io.gatehouse.admin.audit.Auditor;
import io.gatehouse.admin.call.TestCalls;
import io.gatehouse.admin.console.Console;
import io.gatehouse.admin.entity.BatchEndpoints;
import io.gatehouse.admin.entity.EntityActions;
import io.gatehouse.admin.entity.EntityEndpoints;
import io.gatehouse.admin.entity.EntityWriter;
import io.gatehouse.admin.entity.ProxyCacheEndpoints;
import io.gatehouse.admin.entity.TagEndpoints;
import io.gatehouse.admin.entity.TokenEndpoints;
import io.gatehouse.admin.entity.UpstreamEndpoints;
import io.gatehouse.admin.entity.WritePublisher;
import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.EndpointTable;
import io.gatehouse.admin.live.FigureStreams;
import io.gatehouse.admin.match.RouteMatches;
import io.gatehouse.admin.schema.OpenApi;
import io.gatehouse.admin.schema.SchemaEndpoints;
import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.HostName;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.ListenFailure;
import io.gatehouse.connection.Arrivals;
import io.gatehouse.connection.ListenerGuard;
import io.gatehouse.store.AuditTrail;
import io.gatehouse.store.BulkRevocation;
import io.gatehouse.store.entity.TagStore;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs the admin role: the Admin API on its listener. */
public final class AdminVerticle extends VerticleBase {
    /** Seconds to finish requests in flight: a statement takes at most 5 s, a transaction has a few. */
    private static final int DRAIN_SECONDS = 10;
    /** Threads for hashes and large bodies. */
    private static final int WORKERS = 2;

    private final AdminDependencies dependencies;
    private final RequestGuard guard;
    private volatile @Nullable HttpServer server;
    private Runnable removeGate = () -> {};
    private @Nullable FigureStreams figures;

    public AdminVerticle(AdminDependencies dependencies) {
        this.dependencies = dependencies;
        this.guard = new RequestGuard(dependencies.config());
    }

    @Override
    public Future<?> start() {
        WorkerExecutor worker = vertx.createSharedWorkerExecutor("gatehouse-admin", WORKERS, 1, TimeUnit.MINUTES);
        return worker.executeBlocking(() -> new Files(HostName.local(), Console.load()))
                .compose(files -> listen(worker, files));
    }

    /** Holds what is read on a worker thread before the start. */
    private record Files(String hostname, Console console) {}

    private Future<HttpServer> listen(WorkerExecutor worker, Files files) {
        FigureStreams streams = new FigureStreams(vertx, dependencies.nodes());
        figures = streams;
        streams.start();
        AdminHandler handler = new AdminHandler(
                new EndpointTable(endpoints(worker, files.hostname(), streams)),
                files.console(),
                guard,
                worker,
                dependencies.version());
        Router router = Router.router(vertx);
        router.route().handler(handler);
        // The router rejects some requests itself, such as a request target that is not a path.
        for (AdminError error : List.of(AdminError.BAD_REQUEST, AdminError.NOT_FOUND)) {
            router.errorHandler(error.status(), context -> handler.reject(context.request(), error));
        }
        ListenAddress address = dependencies.config().http();
        HttpServerOptions options = ListenerGuard.options()
                .setHost(address.host())
                .setPort(address.port())
                .setHandle100ContinueAutomatically(false);
        AdminConfig.Tls tls = dependencies.config().tls();
        if (tls != null) {
            secure(options, tls);
        }
        ListenerGuard connections = new ListenerGuard(vertx);
        Arrivals.passHttp1(connections);
        removeGate = () -> Arrivals.remove(connections);
        return connections
                .server(vertx, options, router)
                .invalidRequestHandler(request -> {
                    request.response().putHeader("Connection", "close");
                    handler.reject(request, error(request.decoderResult().cause()));
                    request.connection().close();
                })
                .listen()
                .onSuccess(started -> server = started)
                .recover(failure -> Future.failedFuture(new ListenFailure("admin.http", address, failure)));
    }

    /** Returns the error of a head that the codec rejected. */
    private static AdminError error(Throwable codecs) {
        if (codecs instanceof TooLongHttpLineException) {
            return AdminError.URI_TOO_LONG;
        }
        return codecs instanceof TooLongHttpHeaderException ? AdminError.HEADERS_TOO_LARGE : AdminError.BAD_REQUEST;
    }

    private static void secure(HttpServerOptions options, AdminConfig.Tls tls) {
        options.setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(tls.certificate().toString())
                        .setKeyPath(tls.certificateKey().toString()));
        if (tls.clientAuthorities() != null) {
            options.setClientAuth(ClientAuth.REQUIRED)
                    .setTrustOptions(new PemTrustOptions()
                            .addCertPath(tls.clientAuthorities().toString()));
        }
    }

    /** Requires one of other tokens from the next request on. Returns whether they differ from the previous ones. */
    public boolean useTokens(List<String> tokens) {
        return guard.useTokens(tokens);
    }

    /** Reads the files again for connections from now on. Fails if one of them is malformed, and keeps what it has. */
    public Future<Void> useTls(AdminConfig.Tls tls) {
        HttpServer listening = server;
        if (listening == null) {
            return Future.succeededFuture();
        }
        HttpServerOptions options = new HttpServerOptions();
        secure(options, tls);
        // The paths are unchanged, so Vert.x would not read their files again.
        return listening.updateSSLOptions(options.getSslOptions(), true).mapEmpty();
    }

    private List<Endpoint> endpoints(WorkerExecutor worker, String hostname, FigureStreams streams) {
        EntityWriter writer = new EntityWriter(dependencies.entities(), worker);
        WritePublisher publisher = new WritePublisher(
                dependencies.publish(),
                dependencies.nodes(),
                dependencies.database(),
                dependencies.catalogVersion(),
                dependencies.metrics());
        AuditTrail trail = new AuditTrail(dependencies.database());
        Auditor auditor = new Auditor(trail, dependencies.config().auditRetention());
        EntityActions actions = new EntityActions(dependencies.entities(), writer, publisher, auditor);
        List<Endpoint> endpoints = new ArrayList<>();
        endpoints.addAll(new EntityEndpoints(actions).all());
        endpoints.addAll(new BatchEndpoints(dependencies.entities(), worker, publisher, auditor).all());
        endpoints.addAll(new UpstreamEndpoints(actions, dependencies.health(), publisher, auditor).all());
        endpoints.addAll(new ProxyCacheEndpoints(dependencies.responses(), publisher).all());
        endpoints.addAll(new TokenEndpoints(
                        dependencies.entities(), new BulkRevocation(dependencies.database()), publisher, auditor)
                .all());
        endpoints.addAll(new AuditEndpoints(trail).all());
        endpoints.addAll(new SchemaEndpoints(writer).all());
        endpoints.add(new RouteMatches(dependencies.catalog(), worker).endpoint());
        endpoints.add(new TestCalls(
                        vertx,
                        worker,
                        dependencies.proxy(),
                        dependencies.config().testCalls(),
                        guard::hasToken)
                .endpoint());
        endpoints.addAll(new TagEndpoints(new TagStore(dependencies.database())).all());
        endpoints.addAll(new NodeEndpoints(
                        dependencies,
                        hostname,
                        () -> endpoints.stream()
                                .map(Endpoint::template)
                                .distinct()
                                .sorted()
                                .toList())
                .all());
        OpenApi openApi = new OpenApi(dependencies.version());
        endpoints.add(new Endpoint(
                "/openapi.json",
                Map.of(
                        HttpMethod.GET,
                        request -> Future.succeededFuture(AdminResponse.ok(openApi.document(endpoints))))));
        // The lists of endpoints omit those whose requests always fail, and that whose response is no JSON.
        return Stream.of(endpoints, DisabledEndpoints.all(), List.of(streams.endpoint()))
                .flatMap(List::stream)
                .toList();
    }

    /** Returns the port of the listener. The system selects it if the configured port is 0. */
    public int port() {
        HttpServer listening = server;
        if (listening == null) {
            throw new IllegalStateException("not listening");
        }
        return listening.actualPort();
    }

    @Override
    public Future<?> stop() {
        removeGate.run();
        FigureStreams open = figures;
        if (open != null) {
            open.close();
        }
        HttpServer listening = server;
        return listening == null ? Future.succeededFuture() : listening.shutdown(DRAIN_SECONDS, TimeUnit.SECONDS);
    }
}
