package io.gatehouse.admin.call;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminException;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.AuditLog;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.Operation;
import io.gatehouse.syntax.HeaderText;
import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a described request to the proxy of this node and returns its response: {@code POST /gatehouse/test-call}.
 *
 * <p><i>Invariant</i>: the only address that it connects to is a listener of this process. The URL of the description determines the
 * scheme, {@code Host} and the target, and no field of the request of the operator is copied into the call.
 *
 * <p><i>Why</i>: a browser cannot call the proxy itself. The console may only connect to its own origin, and the proxy would have to
 * permit the origin of the console for every Route.
 *
 * <p><i>Threading</i>: on the event loop of the admin listener.
 */
public final class TestCalls {
    static final int MAX_IN_FLIGHT = 16;

    private static final Logger LOG = LoggerFactory.getLogger(TestCalls.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** Bytes of the head of a response. Those of an upstream are at most 32 KiB, and plugins add to them. */
    private static final int MAX_HEAD = 128 * 1024;
    /** Seconds. */
    private static final String RETRY_AFTER = "5";

    private final HttpClient client;
    private final WorkerExecutor worker;
    private final OwnProxy proxy;
    private final boolean isEnabled;
    private final Predicate<String> hasAdminToken;
    private final Duration timeout;
    private int inFlight;

    /**
     * @param isEnabled {@code admin.test-calls}
     * @param hasAdminToken whether a text contains a token of the Admin API, which no upstream may receive
     */
    public TestCalls(
            Vertx vertx, WorkerExecutor worker, OwnProxy proxy, boolean isEnabled, Predicate<String> hasAdminToken) {
        this(vertx, worker, proxy, isEnabled, hasAdminToken, TIMEOUT);
    }

    TestCalls(
            Vertx vertx,
            WorkerExecutor worker,
            OwnProxy proxy,
            boolean isEnabled,
            Predicate<String> hasAdminToken,
            Duration timeout) {
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(false).setVerifyHost(false).setMaxHeaderSize(MAX_HEAD),
                new PoolOptions().setHttp1MaxSize(MAX_IN_FLIGHT));
        this.worker = worker;
        this.proxy = proxy;
        this.isEnabled = isEnabled;
        this.hasAdminToken = hasAdminToken;
        this.timeout = timeout;
    }

    public Endpoint endpoint() {
        return new Endpoint("/gatehouse/test-call", HttpMethod.POST, Operation.of(200), this::call);
    }

    private Future<AdminResponse> call(AdminRequest request) {
        if (!isEnabled) {
            throw AdminError.FORBIDDEN.exception("test calls are off: set admin.test-calls to on");
        }
        return worker.executeBlocking(
                        () -> DescribedCall.of(
                                DescribedCall.SCHEMA.check(request.body().values(DescribedCall.SCHEMA, null)),
                                proxy.realIpHeader()),
                        false)
                .compose(described -> send(request, described));
    }

    private Future<AdminResponse> send(AdminRequest request, DescribedCall call) {
        if (call.hasText(hasAdminToken)) {
            throw AdminError.BAD_REQUEST.exception("the request contains a token of the Admin API");
        }
        SocketAddress address = proxy.address(call.isTls());
        if (address == null) {
            throw AdminError.NO_PROXY.exception(
                    "this node has no listener of the proxy for " + (call.isTls() ? "https" : "http"));
        }
        if (inFlight >= MAX_IN_FLIGHT) {
            throw AdminError.TOO_MANY_CALLS.exception().with("Retry-After", RETRY_AFTER);
        }
        AuditLog.note(request, "sent a test call with the method " + call.method());
        inFlight++;
        long started = System.nanoTime();
        return Future.succeededFuture(address)
                .compose(to -> client.request(options(call, to)))
                .compose(exchange -> exchange(exchange, call))
                .onComplete(done -> inFlight--)
                .map(response -> {
                    Map<String, @Nullable Object> body = new LinkedHashMap<>();
                    body.put("response", response.members());
                    body.put("latency_ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
                    return AdminResponse.ok(body);
                })
                .recover(failure -> {
                    LOG.warn("[{}] A test call failed: {}", request.id(), LogText.of(failure));
                    return Future.failedFuture(error(failure));
                });
    }

    private RequestOptions options(DescribedCall call, SocketAddress address) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(call.method()))
                .setServer(address)
                .setHost(call.authority().host())
                .setPort(call.port())
                .setURI(call.target())
                .setSsl(call.isTls())
                .setFollowRedirects(false)
                .setConnectTimeout(timeout.toMillis());
        if (call.isTls()) {
            // The peer is this process. Its certificates are those of the Routes' hosts, or self-signed.
            options.setSslOptions(new ClientSSLOptions().setTrustAll(true).setHostnameVerificationAlgorithm(""));
        }
        call.headers()
                .forEach((name, values) -> values.forEach(value -> options.addHeader(name, HeaderText.of(value))));
        return options;
    }

    /** The timeout covers the whole response, because an upstream may send a byte now and then. */
    private Future<CalledResponse> exchange(HttpClientRequest exchange, DescribedCall call) {
        exchange.authority(HostAndPort.parseAuthority(call.authority().toString(), -1));
        String body = call.body();
        Future<HttpClientResponse> sent = body == null ? exchange.send() : exchange.send(Buffer.buffer(body));
        return sent.compose(CalledResponse::read)
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(
                        response -> {
                            if (response.isTruncated()) {
                                exchange.reset();
                            }
                        },
                        failure -> exchange.reset());
    }

    private AdminException error(Throwable failure) {
        return failure instanceof TimeoutException
                ? AdminError.NO_RESPONSE.exception("no complete response within " + timeout.toSeconds() + " s")
                : AdminError.NO_RESPONSE.exception();
    }
}
