package io.gatehouse.plugin.basicauth;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.credential.BasicState;
import io.gatehouse.entity.Plugin;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.plugin.Anonymous;
import io.gatehouse.plugin.CredentialCheck;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import java.util.List;

/** Authenticates requests by username and password: the {@code basic-auth} plugin. */
public final class BasicAuthHandler implements PluginHandler {
    /** In order of precedence, as in Kong. */
    private static final List<String> HEADERS = List.of("proxy-authorization", "authorization");

    private final boolean hideCredentials;
    private final Anonymous anonymous;
    private final CredentialLookup<BasicState> credentials;
    private final ProxyException unauthorized;

    private BasicAuthHandler(Document config, Anonymous anonymous, CredentialLookup<BasicState> credentials) {
        this.hideCredentials = config.flag("hide_credentials");
        this.anonymous = anonymous;
        this.credentials = credentials;
        this.unauthorized = ProxyError.UNAUTHORIZED
                .failure()
                .with("WWW-Authenticate", "Basic realm=\"" + config.string("realm") + "\"");
    }

    /** Returns a factory whose handlers look credentials up in {@code credentials}. */
    public static PluginFactory factory(CredentialLookup<BasicState> credentials) {
        return (Plugin plugin, Catalog catalog) -> new BasicAuthHandler(
                plugin.config(), Anonymous.of(plugin.config().optionalString("anonymous"), catalog), credentials);
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        if (hideCredentials) {
            hide(exchange);
        }
        if (anonymous.isSatisfied(exchange)) {
            return CONTINUE;
        }
        return checkFrom(0, exchange);
    }

    /** Hides each header of the scheme. A malformed credential may contain a password, too. */
    private static void hide(Exchange exchange) {
        for (String header : HEADERS) {
            if (exchange.headers(header).stream().anyMatch(PresentedPassword::isBasic)) {
                exchange.hideHeader(header);
            }
        }
    }

    /** Checks the first of the headers from {@code first} on that has a password. */
    private Future<Outcome> checkFrom(int first, Exchange exchange) {
        for (int i = first; i < HEADERS.size(); i++) {
            List<String> values = exchange.headers(HEADERS.get(i));
            // Two readers could choose different ones of several values.
            PresentedPassword presented = values.size() == 1 ? PresentedPassword.of(values.get(0)) : null;
            if (presented != null) {
                return check(exchange, presented, i + 1);
            }
        }
        return anonymous.reject(exchange, unauthorized);
    }

    /** Checks a password. As in Kong, the headers from {@code next} on are read if no credential has the username. */
    private Future<Outcome> check(Exchange exchange, PresentedPassword presented, int next) {
        return CredentialCheck.decide(
                exchange,
                credentials,
                BasicState.digest(presented.username()),
                state -> state == null ? checkFrom(next, exchange) : decide(exchange, state, presented));
    }

    private Future<Outcome> decide(Exchange exchange, BasicState state, PresentedPassword presented) {
        if (!state.isPassword(presented.password())) {
            return anonymous.reject(exchange, unauthorized);
        }
        exchange.identity(Identity.of(state, state.username(), exchange.identity()));
        return CONTINUE;
    }
}
