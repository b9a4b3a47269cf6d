package io.gatehouse.upstream;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientResponse;
import org.jspecify.annotations.Nullable;

/** What a stream of HTTP/2 brings after a request. */
final class Http2Response implements UpstreamResponse {
    private final HttpClientResponse response;
    private @Nullable Reader reader;
    private boolean paused;
    /** What ended the connection while no more was to be read. */
    private @Nullable Throwable ending;

    Http2Response(HttpClientResponse response) {
        this.response = response;
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

    /** Trailers may come after a body of known length. */
    @Override
    public long length() {
        return UNKNOWN_LENGTH;
    }

    @Override
    public MultiMap trailers() {
        return response.trailers();
    }

    @Override
    public void read(Reader reader) {
        this.reader = reader;
        response.handler(reader::data);
        response.endHandler(end -> reader.end());
        response.exceptionHandler(failure -> {
            ending = failure;
            failUnlessMoreComes(reader, failure);
        });
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
        if (ending != null && reader != null) {
            failUnlessMoreComes(reader, ending);
        }
    }

    /**
     * Vert.x tells the end of a connection before what came over it and waits to be read: that comes in the turn of the event
     * loop that a resumed stream has asked for, which is before this one.
     */
    private void failUnlessMoreComes(Reader reader, Throwable failure) {
        Vertx.currentContext().runOnContext(then -> {
            if (!paused) {
                reader.failed(failure);
            }
        });
    }
}
