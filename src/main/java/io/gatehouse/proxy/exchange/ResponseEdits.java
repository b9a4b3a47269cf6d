package io.gatehouse.proxy.exchange;

import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Changes the head of a response, in order, last before it is written. Most responses have none. */
final class ResponseEdits implements Handler<@Nullable Void> {
    private final HttpServerResponse response;
    private final List<Consumer<MultiMap>> edits = new ArrayList<>(1);

    ResponseEdits(HttpServerResponse response) {
        this.response = response;
        response.headersEndHandler(this);
    }

    void add(Consumer<MultiMap> edit) {
        edits.add(edit);
    }

    @Override
    public void handle(@Nullable Void end) {
        edits.forEach(edit -> edit.accept(response.headers()));
    }
}
