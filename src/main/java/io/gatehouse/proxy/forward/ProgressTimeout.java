package io.gatehouse.proxy.forward;

import io.gatehouse.config.ClientLimits;
import io.gatehouse.entity.Service;
import io.gatehouse.proxy.client.ClientPace;
import io.gatehouse.proxy.client.ClientTooSlow;
import io.gatehouse.upstream.UpstreamRequest;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Aborts the upstream request if one side takes too long. The upstream has {@code write_timeout} to take the body, and {@code
 * read_timeout} from then on. The client has to keep its {@link ClientPace}.
 *
 * <p><i>Invariant</i>: the time that one side takes never counts against the other.
 *
 * <p><i>Threading</i>: used by the request's event loop alone.
 */
final class ProgressTimeout {
    private static final long NANOS_PER_MILLI = 1_000_000;

    static final int UNWATCHED = -1;

    /** The index in the list of {@link UpstreamTimeouts}, which sets it. */
    int place = UNWATCHED;

    private final UpstreamTimeouts timeouts;
    private final Service service;
    private final RequestBody requestBody;
    private final ClientLimits limits;
    /** When the request was forwarded. */
    private final long startNanos;
    /** Created by the first check. Most requests end before it. */
    private @Nullable ClientPace pace;

    private @Nullable UpstreamRequest request;
    /** Null before the response begins. */
    private @Nullable PassedBody responseBody;
    /** Bytes of both bodies at the last progress, and the time of it. */
    private long progress;

    private long progressNanos;

    /** Creates the timeout of one client's request, in all its attempts. It was forwarded at {@code startNanos}. */
    ProgressTimeout(
            UpstreamTimeouts timeouts, Service service, RequestBody requestBody, ClientLimits limits, long startNanos) {
        this.timeouts = timeouts;
        this.service = service;
        this.requestBody = requestBody;
        this.limits = limits;
        this.startNanos = startNanos;
    }

    /** Starts with an attempt, before its request is sent. */
    void start(UpstreamRequest attempt) {
        request = attempt;
        progressNanos = System.nanoTime();
        timeouts.add(this);
    }

    /** Applies {@code read_timeout} and the pace at which the client takes the response, from now on. */
    void passing(PassedBody body) {
        responseBody = body;
    }

    /** Ends with the attempt. Has no effect if none has started. */
    void stop() {
        timeouts.remove(this);
    }

    /** Aborts the request if the client or the upstream takes too long. */
    void check(long now) {
        UpstreamRequest attempt = Objects.requireNonNull(request);
        long bytes = requestBody.bytesRead() + (responseBody == null ? 0 : responseBody.bytesPassed());
        boolean sending = responseBody == null && !requestBody.isRead();
        boolean waitsForClient = responseBody == null ? sending && !attempt.writeQueueFull() : responseBody.isHeld();
        if (pace().isTooSlow(waitsForClient, bytes, now)) {
            stop();
            attempt.abort(new ClientTooSlow());
            return;
        }
        if (bytes != progress || waitsForClient) {
            progress = bytes;
            progressNanos = now;
            return;
        }
        int millis = sending ? service.writeTimeout() : service.readTimeout();
        if (now - progressNanos > millis * NANOS_PER_MILLI) {
            stop();
            attempt.abort(new TimeoutException(
                    "no progress of the " + (sending ? "request" : "response") + " for " + millis + " ms"));
        }
    }

    private ClientPace pace() {
        ClientPace created = pace;
        if (created == null) {
            created = new ClientPace(limits, startNanos);
            pace = created;
        }
        return created;
    }
}
