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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Redirects each request: the {@code redirect} plugin. */
public final class RedirectHandler implements PluginHandler {
    private static final Buffer BODY = Buffer.buffer("redirecting");

    /** Statuses whose responses have no body (RFC 9110 §15.3.5, §15.3.6, §15.4.5). */
    private static final Set<Integer> WITHOUT_BODY = Set.of(204, 205, 304);

    private final int status;
    private final String location;
    /** Scheme and authority of the location; null if it is used as it is. */
    private final @Nullable String origin;

    private final String fragment;

    private RedirectHandler(Document config) {
        this.status = (int) config.integer("status_code");
        // A header contains no characters beyond ASCII.
        URI uri = URI.create(URI.create(config.string("location")).toASCIIString());
        this.location = uri.toString();
        this.origin = config.flag("keep_incoming_path") ? uri.getScheme() + "://" + uri.getRawAuthority() : null;
        this.fragment = uri.getRawFragment() == null ? "" : "#" + uri.getRawFragment();
    }

    public static PluginFactory factory() {
        return (Plugin plugin, Catalog catalog) -> new RedirectHandler(plugin.config());
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        String target = target(exchange);
        return Future.succeededFuture(
                WITHOUT_BODY.contains(status)
                        ? new Outcome.Response(status, Map.of("Location", target), Buffer.buffer())
                        : new Outcome.Response(
                                status, Map.of("Location", target, "Content-Type", "text/plain; charset=utf-8"), BODY));
    }

    private String target(Exchange exchange) {
        if (origin == null) {
            return location;
        }
        String query = exchange.query();
        return origin + exchange.path() + (query == null ? "" : "?" + query) + fragment;
    }
}
