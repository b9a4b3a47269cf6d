package io.gatehouse.plugin.session;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.credential.ConsumerState;
import io.gatehouse.entity.Plugin;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.plugin.CredentialCheck;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.RequestCookies;
import io.gatehouse.plugin.UnavailableLog;
import io.gatehouse.schema.Document;
import io.gatehouse.session.LoadedSession;
import io.gatehouse.session.Sessions;
import io.gatehouse.session.SharedSessions;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authenticates browsers by a session that began when another plugin authenticated a request: the {@code session} plugin.
 *
 * <p>It runs before the plugins that authenticate. Those with {@code anonymous} accept its caller. Once all plugins have run, it begins a
 * session for the caller that they have found.
 *
 * <p><i>Threading</i>: a session in a cookie is opened on the event loop. A stored one is read from the members of the cluster.
 */
public final class SessionHandler implements PluginHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SessionHandler.class);
    private static final String NAME = "session";

    private final UnavailableLog unextended;
    private final UnavailableLog unissued;
    private final CredentialLookup<ConsumerState> consumers;
    /** Null if the node has no secret for the sessions. */
    private final @Nullable BrowserSessions sessions;

    private final Set<String> cookieNames;
    private final SessionFields fields;
    private final LogoutRequest logout;

    private SessionHandler(
            Document config,
            CredentialLookup<ConsumerState> consumers,
            @Nullable BrowserSessions sessions,
            MeterRegistry registry) {
        this.unextended = new UnavailableLog(registry, NAME, "continues with a session that was not extended");
        this.unissued = new UnavailableLog(registry, NAME, "continues without a new session");
        this.consumers = consumers;
        this.sessions = sessions;
        this.cookieNames = new LinkedHashSet<>();
        cookieNames.add(config.string("cookie_name"));
        if (config.flag("remember")) {
            cookieNames.add(config.string("remember_cookie_name"));
        }
        this.fields = new SessionFields(config, BrowserSessions.timeouts(config));
        this.logout = new LogoutRequest(config);
    }

    /** Returns a factory whose handlers look Consumers up in {@code consumers} and store sessions in {@code shared}. */
    public static PluginFactory factory(
            CredentialLookup<ConsumerState> consumers, SharedSessions shared, MeterRegistry registry) {
        return (Plugin plugin, Catalog catalog) -> {
            Document config = plugin.config();
            String configured = config.optionalString("secret");
            // Of the plugins with the cluster's secret, none accepts the sessions of another.
            String audience = config.string("audience");
            String place = configured == null ? plugin.id() + "\n" + audience : audience;
            BrowserSessions sessions = shared.secretOr(configured)
                    .map(secret -> BrowserSessions.of(config, shared, secret, place))
                    .orElse(null);
            if (sessions == null) {
                LOG.error(
                        "session plugin {} has no secret, so it issues no sessions: set secret or cluster.secret",
                        plugin.id());
            }
            return new SessionHandler(config, consumers, sessions, registry);
        };
    }

    @Override
    public Collection<String> secretNames() {
        return cookieNames;
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        BrowserSessions all = sessions;
        boolean hasCookie = cookieNames.stream().anyMatch(name -> RequestCookies.value(exchange, name) != null);
        RequestCookies.hide(exchange, cookieNames);
        fields.hide(exchange);
        if (all == null) {
            // The session may be valid.
            return hasCookie ? Future.failedFuture(ProxyError.TEMPORARILY_UNAVAILABLE.failure()) : CONTINUE;
        }
        if (!hasCookie) {
            return withoutSession(exchange, all);
        }
        return all.open(exchange).transform((found, failure) -> {
            if (failure != null) {
                return failed(failure);
            }
            return found.isPresent() ? opened(exchange, all, found.get()) : withoutSession(exchange, all);
        });
    }

    private Future<Outcome> opened(Exchange exchange, BrowserSessions all, BrowserSessions.Opened opened) {
        return logout.isMade(exchange)
                .compose(isMade -> isMade
                        ? all.end(exchange, opened)
                                .<Outcome>map(ended ->
                                        new Outcome.Response(200, Map.of("Cache-Control", "no-store"), Buffer.buffer()))
                                .recover(SessionHandler::failed)
                        : check(exchange, all, opened));
    }

    private Future<Outcome> check(Exchange exchange, BrowserSessions all, BrowserSessions.Opened opened) {
        UUID consumer = opened.loaded().session().consumerId();
        return CredentialCheck.decide(
                exchange,
                consumers,
                ConsumerState.digest(consumer),
                state -> state == null ? lost(exchange, all, opened) : keep(exchange, all, opened, state));
    }

    /** Ends the session of a Consumer that no longer exists. */
    private Future<Outcome> lost(Exchange exchange, BrowserSessions all, BrowserSessions.Opened opened) {
        return all.end(exchange, opened).transform((ended, failure) -> withoutSession(exchange, all));
    }

    private Future<Outcome> keep(
            Exchange exchange, BrowserSessions all, BrowserSessions.Opened opened, ConsumerState consumer) {
        return all.keep(exchange, opened).transform((kept, failure) -> {
            if (failure != null) {
                unextended.passed(exchange.requestId(), failure);
                return authenticated(exchange, all, opened.loaded(), consumer);
            }
            return kept.isPresent()
                    ? authenticated(exchange, all, kept.get(), consumer)
                    : withoutSession(exchange, all);
        });
    }

    private Future<Outcome> authenticated(
            Exchange exchange, BrowserSessions all, LoadedSession<ConsumerSession> current, ConsumerState consumer) {
        Identity caller = new Identity(
                consumer.consumerId(),
                consumer.consumerCustomId(),
                consumer.consumerUsername(),
                current.session().credential(),
                null,
                null,
                false);
        exchange.identity(caller);
        fields.set(exchange, current.session(), subject(caller, consumer.consumerId()));
        exchange.afterPlugins(() -> issue(exchange, all, current));
        return CONTINUE;
    }

    private Future<Outcome> withoutSession(Exchange exchange, BrowserSessions all) {
        exchange.afterPlugins(() -> issue(exchange, all, null));
        return CONTINUE;
    }

    /** Begins a session if the plugins have authenticated a Consumer whose session the browser does not have. */
    private Future<Void> issue(
            Exchange exchange, BrowserSessions all, @Nullable LoadedSession<ConsumerSession> current) {
        Identity caller = exchange.identity();
        UUID consumer = caller == null || caller.isAnonymous() ? null : caller.consumerId();
        if (caller == null
                || consumer == null
                || (current != null && current.session().isOf(caller))) {
            return Future.succeededFuture();
        }
        ConsumerSession begun = ConsumerSession.of(consumer, caller.credentialIdentifier(), Sessions.now());
        return all.begin(exchange, begun, current)
                .onSuccess(done -> fields.set(exchange, begun, subject(caller, consumer)))
                .onFailure(failure -> unissued.passed(exchange.requestId(), failure));
    }

    private static String subject(Identity caller, UUID consumer) {
        if (caller.consumerUsername() != null) {
            return caller.consumerUsername();
        }
        return caller.consumerCustomId() == null ? consumer.toString() : caller.consumerCustomId();
    }

    /** The session may be valid, so the request is not served without it. */
    private static Future<Outcome> failed(Throwable failure) {
        return Future.failedFuture(
                failure instanceof ProxyException ? failure : ProxyError.TEMPORARILY_UNAVAILABLE.causedBy(failure));
    }
}
