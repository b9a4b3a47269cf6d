package io.gatehouse.testing;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.Transport;
import io.gatehouse.launch.node.Transports;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.Locale;

/** Selects the transport of test nodes: {@code -Dgatehouse.test.transport}, by default auto. */
public final class TestTransport {
    private TestTransport() {}

    /** The transport of a node's configuration. */
    public static Transport configured() {
        String name = System.getProperty("gatehouse.test.transport", "auto");
        return Transport.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** The transport for the environment of a process. */
    public static String setting() {
        return configured().name().toLowerCase(Locale.ROOT);
    }

    /** Creates a Vert.x for tests of one part, without a node. */
    public static Vertx vertx() {
        return vertx(new VertxOptions());
    }

    /** Creates a Vert.x with options. */
    public static Vertx vertx(VertxOptions options) {
        try {
            return Vertx.builder()
                    .with(options)
                    .withTransport(Transports.of(configured()))
                    .build();
        } catch (LaunchException e) {
            throw new IllegalStateException(e);
        }
    }
}
