package io.gatehouse.proxy.client;

import io.vertx.core.http.HttpConnection;

/** Closes an HTTP/2 connection whose client sends too many PING and SETTINGS frames, each of which needs a reply (RFC 9113 §10.5). */
final class ControlFrameLimit {
    /** From one {@link #reset} to the next. */
    private static final int MAX_FRAMES = 10_000;

    private static final int ENHANCE_YOUR_CALM = 11;

    private final HttpConnection connection;
    private int frames;

    private ControlFrameLimit(HttpConnection connection) {
        this.connection = connection;
    }

    /** Counts the frames of the connection from now on. */
    static ControlFrameLimit on(HttpConnection connection) {
        ControlFrameLimit limit = new ControlFrameLimit(connection);
        connection.pingHandler(ping -> limit.count());
        connection.remoteSettingsHandler(settings -> limit.count());
        return limit;
    }

    private void count() {
        frames++;
        if (frames == MAX_FRAMES) {
            connection.goAway(ENHANCE_YOUR_CALM);
            connection.close();
        }
    }

    void reset() {
        frames = 0;
    }
}
