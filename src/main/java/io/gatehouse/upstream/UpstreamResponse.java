package io.gatehouse.upstream;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** An answer of an upstream. */
public interface UpstreamResponse {
    long UNKNOWN_LENGTH = -1;

    int status();

    /** The reason phrase; null if it is the status's own, and in HTTP/2, which has none. */
    @Nullable
    String reason();

    MultiMap headers();

    /** How many bytes come before the end and nothing with it; {@link #UNKNOWN_LENGTH} if that is not known. */
    long length();

    /** Complete when the reader has been told of the end. */
    MultiMap trailers();

    void read(Reader reader);

    /** No more is read from the upstream; what has been read already still comes. */
    void pause();

    void resume();

    /** Who gets the rest of an answer: data, then the end or a failure. */
    interface Reader {
        void data(Buffer data);

        void end();

        void failed(Throwable failure);
    }
}
