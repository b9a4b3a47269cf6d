package io.gatehouse.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PublicAddresses;
import io.gatehouse.proxy.exchange.Peers;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.syntax.Framing;
import io.gatehouse.syntax.RequestTarget;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the outcome of a chain. The response to each request contains the outcome as text. */
class PluginChainTest {
    private static final PluginHandler THROWING = exchange -> {
        throw new IllegalStateException("a mistake");
    };
    private static final PluginHandler LATE = exchange ->
            Vertx.currentContext().executeBlocking(() -> new Outcome.Continue()).map(done -> done);

    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        Gatehouse.await(vertx.close());
    }

    private static String outcomeOf(PluginHandler... handlers) {
        return outcomeOf(new PluginChain(List.of(handlers)));
    }

    private static String outcomeOf(PluginChain chain) {
        HttpServer server = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request -> chain.run(exchange(request))
                        .map(outcome -> outcome.getClass().getSimpleName())
                        .otherwise(failure -> String.valueOf(failure.getMessage()))
                        .onSuccess(request.response()::end))
                .listen(0, "127.0.0.1"));
        try {
            return Http.send(Http.get("http://127.0.0.1:" + server.actualPort()))
                    .text();
        } finally {
            Gatehouse.await(server.close());
        }
    }

    private static Exchange exchange(HttpServerRequest request) {
        RequestTarget target = Objects.requireNonNull(RequestTarget.parse(request.uri()));
        return new ProxyExchange(
                request,
                "id",
                Framing.NONE,
                target,
                null,
                new Peers(List.of(), PublicAddresses.DEFAULT),
                System.nanoTime());
    }

    @Test
    void eachFailureIsReportedWithItsPlugin() {
        List<String> failed = new CopyOnWriteArrayList<>();
        PluginHandler forbidding = exchange -> Future.failedFuture(ProxyError.FORBIDDEN.failure());
        for (PluginHandler last : List.of(forbidding, late(forbidding), THROWING)) {
            PluginChain chain = new PluginChain(
                    List.of(LATE, last), List.of("first", "last"), (plugin, failure) -> failed.add(plugin));
            outcomeOf(chain);
        }
        assertThat(failed).containsExactly("last", "last", "last");
    }

    @Test
    void anExceptionOfAHandlerFailsTheRequest() {
        assertThat(outcomeOf(THROWING)).isEqualTo("a mistake");
        assertThat(outcomeOf(LATE, THROWING)).isEqualTo("a mistake");
    }

    @Test
    void noHandlerRunsAfterAFailure() {
        assertThat(outcomeOf(exchange -> Future.failedFuture(ProxyError.FORBIDDEN.failure()), THROWING))
                .isEqualTo(ProxyError.FORBIDDEN.message());
    }

    @Test
    void onlyTheHandlersBehindTheLastAreSkipped() {
        PluginHandler forbidding = exchange -> Future.failedFuture(ProxyError.FORBIDDEN.failure());
        PluginHandler responding =
                exchange -> Future.succeededFuture(new Outcome.Response(200, Map.of(), Buffer.buffer()));
        for (PluginHandler last : List.of(forbidding, late(forbidding), responding, late(responding), THROWING)) {
            AtomicInteger before = new AtomicInteger();
            AtomicInteger after = new AtomicInteger();
            outcomeOf(skippable(before), LATE, skippable(before), last, skippable(after), skippable(after));
            assertThat(before).hasValue(0);
            assertThat(after).hasValue(2);
        }
    }

    @Test
    void theFailureOfASkippedHandlerDoesNotChangeTheOutcome() {
        AtomicInteger skips = new AtomicInteger();
        PluginHandler failing = new PluginHandler() {
            @Override
            public Future<Outcome> handle(Exchange exchange) {
                return CONTINUE;
            }

            @Override
            public void skipped(Exchange exchange) {
                throw new IllegalStateException("a mistake");
            }
        };
        assertThat(outcomeOf(
                        exchange -> Future.failedFuture(ProxyError.FORBIDDEN.failure()), failing, skippable(skips)))
                .isEqualTo(ProxyError.FORBIDDEN.message());
        assertThat(skips).hasValue(1);
    }

    private static PluginHandler late(PluginHandler handler) {
        return exchange -> LATE.handle(exchange).compose(done -> handler.handle(exchange));
    }

    /** Returns a handler that counts how often it is skipped. */
    private static PluginHandler skippable(AtomicInteger skips) {
        return new PluginHandler() {
            @Override
            public Future<Outcome> handle(Exchange exchange) {
                return CONTINUE;
            }

            @Override
            public void skipped(Exchange exchange) {
                skips.incrementAndGet();
            }
        };
    }

    @Test
    void theChainContinuesIfEachHandlerContinues() {
        assertThat(outcomeOf(exchange -> PluginHandler.CONTINUE, LATE, exchange -> PluginHandler.CONTINUE))
                .isEqualTo("Continue");
    }
}
