package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** A response of an upstream. */
public interface UpstreamResponse {
    int status();

    /** The reason phrase; null if it is the status's own, and in HTTP/2, which has none. */
    @Nullable
    String reason();

    MultiMap headers();

    /** Where the body ends. */
    Framing framing();

    /** Whether trailer fields may come after the body. */
    boolean mayHaveTrailers();

    /** Complete when {@link Reader#end} is called. */
    MultiMap trailers();

    void read(Reader reader);

    /** No more is read from the upstream; what has been read already still comes. */
    void pause();

    void resume();

    /** Receives the rest of a response: data, then the end or a failure. */
    interface Reader {
        void data(Buffer data);

        void end();

        void failed(Throwable failure);
    }
}
