package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Reads the response to a request on an HTTP/2 stream. */
final class Http2Response implements UpstreamResponse {
    private static final int FIRST_FINAL_STATUS = 200;
    /** A status has three digits (RFC 9110 §15). */
    private static final int LAST_STATUS = 999;

    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final HttpClientResponse response;
    private final Framing framing;
    private @Nullable Reader reader;
    private boolean paused;
    /** The failure of a stream, until its pending data has been read. */
    private @Nullable Throwable pendingFailure;
    /** The failure of a response that has no reader yet. */
    private @Nullable Throwable earlyFailure;
    /** Whether the reader has the end or the failure. What follows is dropped. */
    private boolean over;

    private Http2Response(HttpClientResponse response, Framing framing) {
        this.response = response;
        this.framing = framing;
    }

    /**
     * Throws if the status is not final or the length of the body is malformed. Vert.x drops the interim responses 100 and 103, takes any
     * other for the response, and drops the final one (RFC 9110 §15.2).
     */
    static Http2Response of(HttpClientResponse response) {
        if (response.statusCode() < FIRST_FINAL_STATUS || response.statusCode() > LAST_STATUS) {
            throw new VertxException("unexpected response " + response.statusCode(), true);
        }
        Framing announced = Framing.ofStream(
                response.headers().getAll(HttpHeaders.CONTENT_LENGTH),
                response.headers().getAll(HttpHeaders.TRANSFER_ENCODING));
        if (announced == null) {
            throw new VertxException("the framing of the response body is ambiguous", true);
        }
        boolean hasBody = !response.request().getMethod().equals(HttpMethod.HEAD)
                && response.statusCode() != NO_CONTENT
                && response.statusCode() != NOT_MODIFIED;
        return new Http2Response(response, hasBody ? announced : Framing.NONE);
    }

    @Override
    public HttpVersion version() {
        return HttpVersion.HTTP_2;
    }

    @Override
    public int status() {
        return response.statusCode();
    }

    @Override
    public @Nullable String reason() {
        return null;
    }

    @Override
    public MultiMap headers() {
        return response.headers();
    }

    @Override
    public Framing framing() {
        return framing;
    }

    /** Returns true: HTTP/2 allows trailers after a body of announced length too. */
    @Override
    public boolean mayHaveTrailers() {
        return true;
    }

    @Override
    public MultiMap trailers() {
        return response.trailers();
    }

    @Override
    public void read(Reader newReader) {
        reader = newReader;
        response.handler(data -> {
            if (!over) {
                newReader.data(data);
            }
        });
        response.endHandler(end -> {
            if (!over) {
                over = true;
                newReader.end();
            }
        });
        response.exceptionHandler(failure -> {
            HttpConnection connection = response.request().connection();
            Throwable cause = Http2RequestBudget.cause(connection, failure);
            pendingFailure = cause;
            failAfterPendingData(cause);
        });
        if (earlyFailure != null) {
            fail(earlyFailure);
        }
    }

    @Override
    public void pause() {
        paused = true;
        response.pause();
    }

    @Override
    public void resume() {
        paused = false;
        response.resume();
        if (pendingFailure != null) {
            failAfterPendingData(pendingFailure);
        }
    }

    /**
     * Fails the reader after the data that waits to be read. Vert.x reports the end of a connection first, and passes the data in the
     * turn of the event loop that a resumed stream has scheduled before this one.
     */
    private void failAfterPendingData(Throwable failure) {
        Vertx.currentContext().runOnContext(then -> {
            if (!paused) {
                fail(failure);
            }
        });
    }

    /** Fails the reader at once, and drops the data that waits to be read. Has no effect after the end. */
    void fail(Throwable failure) {
        if (over) {
            return;
        }
        if (reader == null) {
            earlyFailure = failure;
        } else {
            over = true;
            reader.failed(failure);
        }
    }
}
