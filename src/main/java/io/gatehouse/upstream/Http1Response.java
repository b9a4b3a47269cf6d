package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.impl.headers.HeadersAdaptor;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the response to a request on an HTTP/1.1 connection: interim responses, the final head, the body.
 *
 * <p><i>Invariant</i>: the head, the framing and the headers are available once {@link #head} has completed.
 */
final class Http1Response implements UpstreamResponse {
    private static final int CONTINUE = 100;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int FIRST_FINAL_STATUS = 200;
    /** A status has three digits (RFC 9112 §4). */
    private static final int LAST_STATUS = 999;

    /** An upstream that sends more interim responses is malfunctioning. */
    private static final int MAX_INTERIM = 32;

    private final Http1Request request;
    private final UpstreamConnection connection;
    /** Checks the headers of a 101 against the protocol that was asked for; null if none was. */
    private final @Nullable Predicate<MultiMap> agreement;

    private final Promise<UpstreamResponse> completed = Promise.promise();

    private int interim;
    private @Nullable Runnable continueHandler;
    private @Nullable HttpResponse head;
    private @Nullable Framing framing;
    private @Nullable Reader reader;
    /** The failure of a response whose head has no reader yet. */
    private @Nullable Throwable earlyFailure;

    private @Nullable HttpHeaders trailers;

    Http1Response(Http1Request request, UpstreamConnection connection, @Nullable Predicate<MultiMap> agreement) {
        this.request = request;
        this.connection = connection;
        this.agreement = agreement;
    }

    Future<UpstreamResponse> head() {
        return completed.future();
    }

    void onContinue(Runnable handler) {
        continueHandler = handler;
    }

    // For the caller

    private HttpResponse received() {
        return Objects.requireNonNull(head);
    }

    @Override
    public io.vertx.core.http.HttpVersion version() {
        return received().protocolVersion().equals(HttpVersion.HTTP_1_0)
                ? io.vertx.core.http.HttpVersion.HTTP_1_0
                : io.vertx.core.http.HttpVersion.HTTP_1_1;
    }

    @Override
    public int status() {
        return received().status().code();
    }

    @Override
    public @Nullable String reason() {
        HttpResponseStatus status = received().status();
        String usual = HttpResponseStatus.valueOf(status.code()).reasonPhrase();
        return status.reasonPhrase().equals(usual) ? null : status.reasonPhrase();
    }

    @Override
    public MultiMap headers() {
        return map(received().headers());
    }

    @Override
    public Framing framing() {
        return Objects.requireNonNull(framing);
    }

    /** Only a chunked body has trailers (RFC 9112 §7.1.2). */
    @Override
    public boolean mayHaveTrailers() {
        return framing().kind() == Framing.Kind.CHUNKED;
    }

    @Override
    public MultiMap trailers() {
        return trailers == null ? HeadersMultiMap.caseInsensitive() : map(trailers);
    }

    private static MultiMap map(HttpHeaders headers) {
        return headers instanceof HeadersMultiMap vertx ? vertx : new HeadersAdaptor(headers);
    }

    @Override
    public void read(Reader newReader) {
        this.reader = newReader;
        if (earlyFailure != null) {
            newReader.failed(earlyFailure);
        }
    }

    @Override
    public void pause() {
        request.setReading(false);
    }

    @Override
    public void resume() {
        request.setReading(true);
    }

    // For the connection

    /** Takes a message of the response and releases it. Throws if it is malformed. */
    void read(HttpObject message) {
        Throwable malformed = message.decoderResult().cause();
        if (malformed != null) {
            ReferenceCountUtil.release(message);
            throw new VertxException(malformed);
        }
        if (message instanceof HttpResponse newHead) {
            readHead(newHead);
        }
        if (message instanceof HttpContent content) {
            readContent(content);
        }
    }

    private void readHead(HttpResponse newHead) {
        HttpVersion version = newHead.protocolVersion();
        int status = newHead.status().code();
        boolean isHttp1 = version.equals(HttpVersion.HTTP_1_1) || version.equals(HttpVersion.HTTP_1_0);
        if (isHttp1 && status == SWITCHING_PROTOCOLS && agreement != null) {
            switchProtocols(newHead, agreement);
            return;
        }
        if (!isHttp1 || status < CONTINUE || status > LAST_STATUS || status == SWITCHING_PROTOCOLS) {
            throw malformed(newHead, "unexpected response " + version + " " + status);
        }
        if (status < FIRST_FINAL_STATUS) {
            readInterim(newHead, status);
            return;
        }
        Framing newFraming = Framing.ofResponse(
                status,
                request.isMethod(HttpMethod.HEAD),
                newHead.headers().getAll(HttpHeaderNames.CONTENT_LENGTH),
                newHead.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING),
                version.equals(HttpVersion.HTTP_1_1));
        if (newFraming == null) {
            throw malformed(newHead, "the framing of the response body is ambiguous");
        }
        connection.received(newHead, newFraming);
        complete(newHead, newFraming);
    }

    private void complete(HttpResponse newHead, Framing newFraming) {
        head = newHead;
        framing = newFraming;
        completed.complete(this);
    }

    private void readInterim(HttpResponse newHead, int status) {
        interim++;
        if (interim > MAX_INTERIM) {
            throw malformed(newHead, "more than " + MAX_INTERIM + " interim responses");
        }
        if (status == CONTINUE && continueHandler != null) {
            continueHandler.run();
        }
    }

    private static VertxException malformed(HttpResponse head, String reason) {
        ReferenceCountUtil.release(head);
        return new VertxException(reason, true);
    }

    /** After a 101 the connection is either taken over at once or closed. It never serves another request. */
    private void switchProtocols(HttpResponse newHead, Predicate<MultiMap> agreed) {
        if (!agreed.test(map(newHead.headers()))) {
            throw new VertxException("the upstream switched to a protocol that was not asked for", true);
        }
        complete(newHead, Framing.NONE);
        if (!request.isOver()) {
            throw new VertxException("the connection was not taken over after 101", true);
        }
    }

    private void readContent(HttpContent content) {
        if (reader == null || !content.content().isReadable()) {
            content.release();
        } else {
            // Copies a buffer of Netty's pool, and releases it.
            reader.data(BufferInternal.safeBuffer(content.content()));
        }
        // An interim response ends with such a message too.
        if (head != null && content instanceof LastHttpContent last && !request.isOver()) {
            request.finished();
            trailers = last.trailingHeaders();
            if (reader != null) {
                reader.end();
            }
        }
    }

    /** The connection has failed: fails the response, or the rest of it. */
    void failed(Throwable failure) {
        if (head == null) {
            completed.fail(failure);
        } else if (reader != null) {
            reader.failed(failure);
        } else {
            earlyFailure = failure;
        }
    }
}
