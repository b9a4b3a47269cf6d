package io.gatehouse.testing;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.Transport;
import io.gatehouse.launch.node.Transports;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.Locale;

/** How the nodes of the tests ask for their network's events: as {@code -Dgatehouse.test.transport} says, which is auto. */
public final class TestTransport {
    private TestTransport() {}

    /** What a node is configured with. */
    public static Transport configured() {
        String name = System.getProperty("gatehouse.test.transport", "auto");
        return Transport.valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** The same, for the environment of a process. */
    public static String setting() {
        return configured().name().toLowerCase(Locale.ROOT);
    }

    /** For tests of one role, without a node around it. */
    public static Vertx vertx() {
        return vertx(new VertxOptions());
    }

    /** The same, with options. */
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
