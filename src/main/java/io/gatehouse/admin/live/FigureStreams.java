package io.gatehouse.admin.live;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.EventStream;
import io.gatehouse.bus.NodeDirectory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves the figures of all nodes as server-sent events: first the samples of the last 15 minutes, then a sample each 2 s. While there is no
 * stream, a sample is taken each 10 s, so that a console that is opened shows what has happened.
 *
 * <p><i>Why</i>: the listener closes a request after 120 s. A stream ends before, and the console opens the next one.
 *
 * <p><i>Threading</i>: used by the event loop of the listener.
 */
public final class FigureStreams {
    /** The streams of all consoles of this node. */
    static final int MAX_STREAMS = 32;
    /** How long a stream lasts. */
    static final Duration LIFE = Duration.ofSeconds(100);

    /** While there is no stream, a sample is taken at every fifth tick. */
    private static final int REST = 5;

    private static final String RETRY_AFTER = "10";

    private final Vertx vertx;
    private final Sampler sampler;
    private final int maxTicks;
    private final int rest;
    private final Set<Subscriber> subscribers = new LinkedHashSet<>();
    private @Nullable Long timer;
    /** Ticks since the last sample. */
    private int resting;

    private String nodes = "[]";

    /** A stream, and the ticks since it was opened. */
    private static final class Subscriber {
        private final HttpServerResponse response;
        private int ticks;

        Subscriber(HttpServerResponse response) {
            this.response = response;
        }
    }

    public FigureStreams(Vertx vertx, NodeDirectory directory) {
        this(vertx, directory, LIFE, REST);
    }

    /** {@code rest} is a number of ticks. */
    FigureStreams(Vertx vertx, NodeDirectory directory, Duration life, int rest) {
        this.vertx = vertx;
        this.sampler = new Sampler(vertx, directory);
        this.maxTicks = (int) (life.toMillis() / Sampler.PERIOD.toMillis());
        this.rest = rest;
    }

    /** Takes samples on the caller's context until {@link #close}. */
    public void start() {
        timer = vertx.setPeriodic(Sampler.PERIOD.toMillis(), id -> tick());
        sample();
    }

    /** Returns the endpoint. It is not one of the OpenAPI document, whose responses are JSON. */
    public Endpoint endpoint() {
        return new Endpoint("/gatehouse/figures", Map.of(HttpMethod.GET, request -> Future.succeededFuture(stream())));
    }

    private AdminResponse stream() {
        if (subscribers.size() >= MAX_STREAMS) {
            throw AdminError.TOO_MANY_STREAMS.exception().with("Retry-After", RETRY_AFTER);
        }
        return AdminResponse.ok(new EventStream(this::open)).with("Cache-Control", "no-store");
    }

    /** Sends the events of a new stream to a response. */
    void open(HttpServerResponse response) {
        Subscriber subscriber = new Subscriber(response);
        subscribers.add(subscriber);
        response.closeHandler(closed -> subscribers.remove(subscriber));
        response.exceptionHandler(failure -> subscribers.remove(subscriber));
        response.write(event(sampler.history(), nodes, true));
        if (sampler.isDue()) {
            sample();
        }
    }

    private void tick() {
        resting++;
        if ((!subscribers.isEmpty() && sampler.isDue()) || resting >= rest) {
            sample();
        }
    }

    private void sample() {
        resting = 0;
        boolean isRead = sampler.read(read -> {
            nodes = read.nodes();
            send(event(read.samples(), nodes, false));
        });
        if (!isRead) {
            send(": heartbeat\n\n");
        }
    }

    /** A client that does not read misses events, until its stream ends like any other. */
    private void send(String event) {
        for (Subscriber subscriber : List.copyOf(subscribers)) {
            if (++subscriber.ticks > maxTicks) {
                end(subscriber);
            } else if (!subscriber.response.writeQueueFull()) {
                subscriber.response.write(event);
            }
        }
    }

    private void end(Subscriber subscriber) {
        subscribers.remove(subscriber);
        if (!subscriber.response.ended() && !subscriber.response.closed()) {
            subscriber.response.end();
        }
    }

    /** Ends all streams, which the stop of the listener would wait for. */
    public void close() {
        Long running = timer;
        if (running != null) {
            vertx.cancelTimer(running);
        }
        List.copyOf(subscribers).forEach(this::end);
    }

    private static String event(String samples, String nodes, boolean isHistory) {
        return "event: figures\ndata: {\"history\":" + isHistory + ",\"samples\":" + samples + ",\"nodes\":" + nodes
                + "}\n\n";
    }
}
