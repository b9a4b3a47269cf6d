package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.impl.headers.HeadersAdaptor;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import org.jspecify.annotations.Nullable;

/** The response to a request on an HTTP/1.1 connection. */
final class Http1Response implements UpstreamResponse {
    private final Http1Request request;
    private final HttpResponse head;
    private final Framing framing;

    private @Nullable Reader reader;
    private @Nullable HttpHeaders trailers;

    Http1Response(Http1Request request, HttpResponse head, Framing framing) {
        this.request = request;
        this.head = head;
        this.framing = framing;
    }

    @Override
    public int status() {
        return head.status().code();
    }

    @Override
    public @Nullable String reason() {
        HttpResponseStatus status = head.status();
        String usual = HttpResponseStatus.valueOf(status.code()).reasonPhrase();
        return status.reasonPhrase().equals(usual) ? null : status.reasonPhrase();
    }

    @Override
    public MultiMap headers() {
        return map(head.headers());
    }

    @Override
    public Framing framing() {
        return framing;
    }

    /** Only a chunked body has trailers (RFC 9112 §7.1.2). */
    @Override
    public boolean mayHaveTrailers() {
        return framing.kind() == Framing.Kind.CHUNKED;
    }

    @Override
    public MultiMap trailers() {
        return trailers == null ? HeadersMultiMap.caseInsensitive() : map(trailers);
    }

    private static MultiMap map(HttpHeaders headers) {
        return headers instanceof HeadersMultiMap vertx ? vertx : new HeadersAdaptor(headers);
    }

    @Override
    public void read(Reader reader) {
        this.reader = reader;
    }

    @Override
    public void pause() {
        request.setReading(false);
    }

    @Override
    public void resume() {
        request.setReading(true);
    }

    void data(Buffer data) {
        if (reader != null) {
            reader.data(data);
        }
    }

    void end(HttpHeaders trailers) {
        this.trailers = trailers;
        if (reader != null) {
            reader.end();
        }
    }

    void failed(Throwable failure) {
        if (reader != null) {
            reader.failed(failure);
        }
    }
}
