package io.gatehouse.plugin.ldapauth;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Anonymous;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * Authenticates requests by username and password on an LDAP server: the {@code ldap-auth} plugin.
 *
 * <p><i>Threading</i>: a credential that was checked before costs a digest and a lookup. Waiting for the server holds no thread.
 */
public final class LdapAuthHandler implements PluginHandler {
    /** In order of precedence, as in Kong. */
    private static final List<String> HEADERS = List.of("proxy-authorization", "authorization");

    private static final String DEFAULT_SCHEME = "ldap";

    private final String scheme;
    private final boolean hideCredentials;
    private final Anonymous anonymous;
    private final Directory directory;
    private final ProxyException unauthorized;

    private LdapAuthHandler(Document config, Anonymous anonymous, Directory directory) {
        this.scheme = config.string("header_type");
        this.hideCredentials = config.flag("hide_credentials");
        this.anonymous = anonymous;
        this.directory = directory;
        // As in Kong, only the default is in upper case.
        String shown = scheme.equals(DEFAULT_SCHEME) ? "LDAP" : scheme;
        String realm = config.optionalString("realm");
        this.unauthorized = ProxyError.UNAUTHORIZED
                .failure()
                .with("WWW-Authenticate", realm == null ? shown : shown + " realm=\"" + realm + "\"");
    }

    /** Returns a factory whose handlers share connections and results. One for each node. */
    public static PluginFactory factory(Vertx vertx) {
        Directories directories = new Directories(vertx);
        return (Plugin plugin, Catalog catalog) -> new LdapAuthHandler(
                plugin.config(),
                Anonymous.of(plugin.config().optionalString("anonymous"), catalog),
                directories.of(DirectorySettings.of(plugin.config())));
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
    private void hide(Exchange exchange) {
        for (String header : HEADERS) {
            if (exchange.headers(header).stream().anyMatch(value -> PresentedCredential.isOf(value, scheme))) {
                exchange.hideHeader(header);
            }
        }
    }

    /** Checks the first of the headers from {@code first} on that has a credential. */
    private Future<Outcome> checkFrom(int first, Exchange exchange) {
        for (int i = first; i < HEADERS.size(); i++) {
            List<String> values = exchange.headers(HEADERS.get(i));
            // Two readers could choose different ones of several values.
            PresentedCredential presented = values.size() == 1 ? PresentedCredential.of(values.get(0), scheme) : null;
            if (presented != null) {
                return check(exchange, presented, i + 1);
            }
        }
        return anonymous.reject(exchange, unauthorized);
    }

    /** Checks a credential. As in Kong, the headers from {@code next} on are read if the server rejects it. */
    private Future<Outcome> check(Exchange exchange, PresentedCredential presented, int next) {
        return directory.authenticate(presented, exchange.requestId()).compose(isAccepted -> {
            if (!isAccepted) {
                return checkFrom(next, exchange);
            }
            exchange.identity(Identity.withoutConsumer(presented.username(), exchange.identity()));
            return CONTINUE;
        });
    }
}
