package io.gatehouse.plugin.log;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogPhase;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginHandler;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/** Passes each request that has ended to a queue. */
final class LoggingHandler implements PluginHandler {
    /** Estimated memory of the ids that a plugin has written for one request. */
    private static final int TRACE = 1_024;

    private final LogQueue<FinishedRequest> queue;

    LoggingHandler(LogQueue<FinishedRequest> queue) {
        this.queue = queue;
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        return CONTINUE;
    }

    @Override
    public LogPhase logPhase() {
        return request -> queue.add(request, size(request));
    }

    /** Estimates the memory of an entry from the texts that a client chooses. */
    private static int size(FinishedRequest request) {
        int size = 512
                + request.method().length()
                + 4 * request.target().length()
                + (request.upstreamTarget() == null
                        ? 0
                        : request.upstreamTarget().length())
                + (request.correlationId() == null ? 0 : request.correlationId().length())
                + TRACE * request.traces().size();
        return size + size(request.requestHeaders()) + size(request.responseHeaders()) + size(request.query());
    }

    private static int size(Map<String, List<String>> fields) {
        int size = 0;
        for (Map.Entry<String, List<String>> field : fields.entrySet()) {
            size += 128 + field.getKey().length();
            for (String value : field.getValue()) {
                size += 64 + value.length();
            }
        }
        return size;
    }
}
