package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/** The response to a request on a stream of HTTP/2. */
final class Http2Response implements UpstreamResponse {
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final HttpClientResponse response;
    private final Framing framing;
    private @Nullable Reader reader;
    private boolean paused;
    /** What ended the connection while no more was to be read. */
    private @Nullable Throwable ending;

    private Http2Response(HttpClientResponse response, Framing framing) {
        this.response = response;
        this.framing = framing;
    }

    /** Throws if the length of the body is malformed. */
    static Http2Response of(HttpClientResponse response) {
        Framing announced = Framing.ofStream(
                response.headers().getAll(HttpHeaders.CONTENT_LENGTH),
                response.headers().getAll(HttpHeaders.TRANSFER_ENCODING));
        if (announced == null) {
            throw new VertxException("a body without a certain end", true);
        }
        boolean hasBody = !response.request().getMethod().equals(HttpMethod.HEAD)
                && response.statusCode() != NO_CONTENT
                && response.statusCode() != NOT_MODIFIED;
        return new Http2Response(response, hasBody ? announced : Framing.NONE);
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

    /** After a body of announced length too. */
    @Override
    public boolean mayHaveTrailers() {
        return true;
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
