package io.gatehouse.proxy;

import static io.gatehouse.proxy.Http2Socket.HEADERS;
import static io.gatehouse.proxy.Http2Socket.RST_STREAM;
import static io.gatehouse.proxy.Http2Socket.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.ClientProtocol.Moment;
import io.gatehouse.testing.Upstream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A client aborts: the resources of the upstream are released at once (docs/reference/proxy.md#responses). */
class ClientAbortTest {
    /** More than the connections that the two event loops of the gateway have to an upstream. */
    private static final int MORE_THAN_THE_POOL = 1_100;

    private static final int AT_ONCE = 100;

    private static final AtomicInteger ARRIVED = new AtomicInteger();
    private static final AtomicInteger RELEASED = new AtomicInteger();

    private static HttpAndGrpcApi api;

    @BeforeAll
    static void start() {
        api = new HttpAndGrpcApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @AfterEach
    void behave() {
        api.upstream.behave(Upstream::echo);
    }

    private static void soon(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(condition);
    }

    private static void watch(Moment moment) {
        ARRIVED.set(0);
        RELEASED.set(0);
        api.upstream.behave(request -> {
            moment.answer(request);
            Set<Object> told = ConcurrentHashMap.newKeySet();
            Runnable released = () -> {
                if (told.add("once")) {
                    RELEASED.incrementAndGet();
                }
            };
            request.exceptionHandler(gone -> released.run());
            request.response().exceptionHandler(gone -> released.run());
            request.response().closeHandler(gone -> released.run());
            request.handler(bytes -> {});
            ARRIVED.incrementAndGet();
        });
    }

    private static void assertUsable(ClientProtocol protocol) throws IOException {
        api.upstream.behave(request -> request.response().end("ok"));
        for (int i = 0; i < 5; i++) {
            if (protocol == ClientProtocol.HTTP1) {
                api.gatehouse.get("/api").isStatus(200);
            } else {
                try (Http2Socket socket = protocol.beginHttp2(api.port(), Moment.WAITING, 1)) {
                    assertThat(socket.status(socket.await(HEADERS))).isEqualTo(200);
                }
            }
        }
    }

    private static List<Arguments> aborts() {
        return Stream.of(ClientProtocol.values())
                .flatMap(protocol -> Stream.of(Moment.values()).map(moment -> Arguments.of(protocol, moment)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("aborts")
    void aClientThatLeavesReleasesTheUpstreamHoweverOften(ClientProtocol protocol, Moment moment) throws Exception {
        watch(moment);
        for (int done = 0; done < MORE_THAN_THE_POOL; done += AT_ONCE) {
            AutoCloseable[] clients = new AutoCloseable[AT_ONCE];
            for (int i = 0; i < AT_ONCE; i++) {
                clients[i] = protocol.begin(api.port(), moment);
            }
            int expected = done + AT_ONCE;
            soon(() -> ARRIVED.get() == expected);
            for (AutoCloseable client : clients) {
                client.close();
            }
            soon(() -> RELEASED.get() == expected);
        }
        assertUsable(protocol);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2", "GRPC"})
    void aResetStreamReleasesTheUpstreamAndItsConnectionRemains(ClientProtocol protocol) throws IOException {
        for (Moment moment : Moment.values()) {
            watch(moment);
            try (Http2Socket socket = protocol.beginHttp2(api.port(), moment, 1)) {
                for (int i = 1; i < AT_ONCE; i++) {
                    protocol.request(socket, moment, 2 * i + 1);
                }
                soon(() -> ARRIVED.get() == AT_ONCE);
                for (int i = 0; i < AT_ONCE; i++) {
                    socket.frame(RST_STREAM, 0, 2 * i + 1, number(8));
                }
                socket.send();
                soon(() -> RELEASED.get() == AT_ONCE);
                api.upstream.behave(request -> request.response().end("ok"));
                protocol.request(socket, Moment.WAITING, 1_001);
                Http2Socket.Frame head = socket.await(HEADERS);
                while (head.stream() != 1_001) {
                    head = socket.await(HEADERS);
                }
            }
        }
        assertUsable(protocol);
    }
}
