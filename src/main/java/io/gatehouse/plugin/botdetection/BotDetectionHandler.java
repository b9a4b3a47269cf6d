package io.gatehouse.plugin.botdetection;

import com.google.re2j.Pattern;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.HeaderValue;
import io.gatehouse.syntax.OperatorRegex;
import io.vertx.core.Future;
import java.util.List;

/**
 * Rejects requests by their user agent: the {@code bot-detection} plugin.
 *
 * <p>All expressions run in time linear in the user agent, of which the first characters are read.
 */
public final class BotDetectionHandler implements PluginHandler {
    private static final int READ_CHARS = 1_024;

    /** Names that robots use for themselves. docs/reference/plugins.md#bot-detection lists them. */
    private static final Pattern ROBOTS = Pattern.compile(
            // Cubot makes phones.
            "(?:^|[^u]|(?:^|[^c])u)bot\\b|spider|crawl|slurp|archiver|indexer|scraper|facebookexternalhit|mediapartners-google"
                    + "|google-site-verification|pingdom|newrelicpinger|python-urllib|scrapy|libwww-perl|httrack",
            Pattern.CASE_INSENSITIVE);

    private final List<Pattern> allowed;
    private final List<Pattern> denied;

    private BotDetectionHandler(Document config) {
        this.allowed = patterns(config.strings("allow"));
        this.denied = patterns(config.strings("deny"));
    }

    public static PluginFactory factory() {
        return (Plugin plugin, Catalog catalog) -> new BotDetectionHandler(plugin.config());
    }

    private static List<Pattern> patterns(List<String> expressions) {
        return expressions.stream()
                .map(regex -> OperatorRegex.compile(regex, 0))
                .toList();
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        List<String> agents = exchange.headers("user-agent");
        if (agents.size() > 1) {
            return Future.failedFuture(ProxyError.UNAUTHORIZED
                    .withMessage("Only one User-Agent header allowed")
                    .withStatus(ProxyError.BAD_REQUEST.status()));
        }
        if (agents.isEmpty()) {
            return CONTINUE;
        }
        String agent = HeaderValue.text(agents.get(0)).strip();
        String read = agent.substring(0, Math.min(agent.length(), READ_CHARS));
        boolean isRejected = !matches(allowed, read)
                && (matches(denied, read) || ROBOTS.matcher(read).find());
        return isRejected ? Future.failedFuture(ProxyError.FORBIDDEN.withMessage("Forbidden")) : CONTINUE;
    }

    private static boolean matches(List<Pattern> patterns, String agent) {
        for (Pattern pattern : patterns) {
            if (pattern.matcher(agent).find()) {
                return true;
            }
        }
        return false;
    }
}
