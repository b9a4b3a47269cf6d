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
import io.vertx.core.Vertx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rejects requests by their user agent: the {@code bot-detection} plugin. {@code allow} precedes {@code deny}, which precedes the
 * {@linkplain Robots classification}.
 *
 * <p>Expressions of the operator run in time linear in the first {@value #READ_CHARS} characters of the user agent.
 */
public final class BotDetectionHandler implements PluginHandler {
    private static final int READ_CHARS = 1_024;

    private final List<Pattern> allowed;
    private final List<Pattern> denied;
    private final Robots robots;

    private BotDetectionHandler(Document config, Robots robots) {
        this.allowed = patterns(config.strings("allow"));
        this.denied = patterns(config.strings("deny"));
        this.robots = robots;
    }

    public static PluginFactory factory(Vertx vertx) {
        return new PluginFactory() {
            /** Read when the first plugin is configured: the rules use some megabytes. */
            private @Nullable Robots robots;

            @Override
            public synchronized PluginHandler create(Plugin plugin, Catalog catalog) {
                if (robots == null) {
                    robots = new Robots(vertx, RobotRules.read());
                }
                return new BotDetectionHandler(plugin.config(), robots);
            }
        };
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
        if (matches(allowed, read)) {
            return CONTINUE;
        }
        if (matches(denied, read)) {
            return rejection();
        }
        Future<Boolean> isRobot = robots.isRobot(agent);
        return isRobot.succeeded() ? outcome(isRobot.result()) : isRobot.compose(BotDetectionHandler::outcome);
    }

    private static Future<Outcome> outcome(boolean isRobot) {
        return isRobot ? rejection() : CONTINUE;
    }

    private static Future<Outcome> rejection() {
        return Future.failedFuture(ProxyError.FORBIDDEN.withMessage("Forbidden"));
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
