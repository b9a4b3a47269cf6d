package io.gatehouse.plugin;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;

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
        more.add(transformation);
        transformations = more;
    }

    /** Returns the transformations of the body; empty if it is passed on unchanged. */
    public List<BodyTransformation> transformations() {
        return transformations;
    }
}
