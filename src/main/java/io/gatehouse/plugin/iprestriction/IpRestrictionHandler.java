package io.gatehouse.plugin.iprestriction;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.IpRange;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Allows or denies the addresses of clients: the {@code ip-restriction} plugin. */
public final class IpRestrictionHandler implements PluginHandler {
    private final List<IpRange> allowed;
    private final List<IpRange> denied;
    private final @Nullable String message;
    private final int status;

    private IpRestrictionHandler(Document config) {
        this.allowed = ranges(config.strings("allow"));
        this.denied = ranges(config.strings("deny"));
        this.message = config.optionalString("message");
        this.status = config.get("status") == null ? ProxyError.FORBIDDEN.status() : (int) config.integer("status");
    }

    public static PluginFactory factory() {
        return (Plugin plugin, Catalog catalog) -> new IpRestrictionHandler(plugin.config());
    }

    private static List<IpRange> ranges(List<String> texts) {
        return texts.stream().map(IpRange::parse).filter(Objects::nonNull).toList();
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        byte[] address = IpRange.address(exchange.clientAddress());
        // A trusted peer can forward a text that is no address. It is in no range, and in no list of those to deny.
        boolean isAllowed =
                address != null && !contains(denied, address) && (allowed.isEmpty() || contains(allowed, address));
        return isAllowed ? CONTINUE : Future.failedFuture(rejection(exchange));
    }

    /** Whether the address is in a range, or the IPv4 address that it is translated from. */
    private static boolean contains(List<IpRange> ranges, byte[] address) {
        byte[] ipv4 = IpRange.translated(address);
        for (IpRange range : ranges) {
            if (range.contains(address) || (ipv4 != null && range.contains(ipv4))) {
                return true;
            }
        }
        return false;
    }

    private ProxyException rejection(Exchange exchange) {
        String text = message == null ? "IP address not allowed: " + exchange.clientAddress() : message;
        return ProxyError.FORBIDDEN.withMessage(text).withStatus(status);
    }
}
