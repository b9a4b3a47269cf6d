package io.gatehouse.plugin.redirect;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Redirects each request: the {@code redirect} plugin. */
public final class RedirectHandler implements PluginHandler {
    private static final Buffer BODY = Buffer.buffer("{\"message\":\"redirecting\"}");

    private final int status;
    private final String location;
    /** Scheme and authority of the location; null if it is used as it is. */
    private final @Nullable String origin;

    private RedirectHandler(Document config) {
        this.status = (int) config.integer("status_code");
        this.location = config.string("location");
        URI uri = URI.create(location);
        this.origin = config.flag("keep_incoming_path") ? uri.getScheme() + "://" + uri.getRawAuthority() : null;
    }

    public static PluginFactory factory() {
        return (Plugin plugin, Catalog catalog) -> new RedirectHandler(plugin.config());
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        return Future.succeededFuture(new Outcome.Response(status, Map.of("Location", target(exchange)), BODY));
    }

    private String target(Exchange exchange) {
        if (origin == null) {
            return location;
        }
        String query = exchange.query();
        return origin + exchange.path() + (query == null ? "" : "?" + query);
    }
}
