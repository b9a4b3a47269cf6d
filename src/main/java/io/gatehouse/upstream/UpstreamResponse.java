package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** The response of an upstream: its head, and the body that {@link #read} passes on. */
public interface UpstreamResponse {
    /** Returns the version in which the upstream responded. */
    HttpVersion version();

    int status();

    /** Returns the reason phrase; null if it is the usual one of the status, and in HTTP/2. */
    @Nullable
    String reason();

    MultiMap headers();

    /** Returns the framing of the body. */
    Framing framing();

    /** Whether trailer fields may come after the body. */
    boolean mayHaveTrailers();

    /** Returns the trailer fields, complete when {@link Reader#end} is called. */
    MultiMap trailers();

    /** Passes the body to the reader, or the failure of a response that has failed since its head arrived. */
    void read(Reader reader);

    /** Stops reading from the upstream. Bytes that have been read are still passed on. */
    void pause();

    void resume();

    /** Receives the rest of a response: data, then the end or a failure. */
    interface Reader {
        void data(Buffer data);

        void end();

        void failed(Throwable failure);
    }
}
