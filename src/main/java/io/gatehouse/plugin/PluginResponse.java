package io.gatehouse.plugin;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Presents the response of one request to the plugins that change it.
 *
 * <p>The status is final: it determines the framing, and so does the length of the body, which the gateway sets itself.
 *
 * <p><i>Threading</i>: used only on the event loop of the request.
 */
public final class PluginResponse {
    private final int status;
    private final MultiMap headers;
    private final boolean upstreams;
    private List<BodyTransformation> transformations = List.of();
    private @Nullable Consumer<Throwable> failures;

    /** {@code upstreams} is whether the upstream has sent the response. */
    public PluginResponse(int status, MultiMap headers, boolean upstreams) {
        this.status = status;
        this.headers = headers;
        this.upstreams = upstreams;
    }

    public int status() {
        return status;
    }

    /** Returns the headers, which a plugin may change. */
    public MultiMap headers() {
        return headers;
    }

    public boolean isUpstreams() {
        return upstreams;
    }

    /** Adds a transformation of the body. It receives the output of those before. */
    public void transform(BodyTransformation transformation) {
        List<BodyTransformation> more = new ArrayList<>(transformations);
        more.add(failures == null ? transformation : new Reported(transformation, failures));
        transformations = more;
    }

    /** Sets the receiver of the failures of each transformation that is added from now on. */
    void failures(Consumer<Throwable> receiver) {
        this.failures = receiver;
    }

    /** Returns the transformations of the body; empty if it is passed on unchanged. */
    public List<BodyTransformation> transformations() {
        return transformations;
    }

    /** Reports the failure of a transformation, and fails with it. */
    private record Reported(BodyTransformation transformation, Consumer<Throwable> failures)
            implements BodyTransformation {
        @Override
        public Buffer data(Buffer piece) {
            return reported(() -> transformation.data(piece));
        }

        @Override
        public Buffer end() {
            return reported(transformation::end);
        }

        @Override
        public Buffer end(MultiMap trailers) {
            return reported(() -> transformation.end(trailers));
        }

        private Buffer reported(Supplier<Buffer> step) {
            try {
                return step.get();
            } catch (RuntimeException e) {
                failures.accept(e);
                throw e;
            }
        }

        @Override
        public boolean addsBody() {
            return transformation.addsBody();
        }

        @Override
        public int held() {
            return transformation.held();
        }

        /** Reports it for the plugin that holds bytes, and for no other one of the response. */
        @Override
        public void exceeded(RuntimeException failure) {
            if (transformation.held() > 0) {
                failures.accept(failure);
            }
            transformation.exceeded(failure);
        }

        @Override
        public void aborted() {
            transformation.aborted();
        }

        @Override
        public boolean keepsBytes() {
            return transformation.keepsBytes();
        }
    }
}
