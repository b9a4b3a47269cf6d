package io.gatehouse.launch.node;

import io.gatehouse.cluster.Cluster;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.Version;
import io.gatehouse.credential.BasicState;
import io.gatehouse.credential.ConsumerGroups;
import io.gatehouse.credential.ConsumerState;
import io.gatehouse.credential.HmacState;
import io.gatehouse.credential.JwtState;
import io.gatehouse.credential.KeyState;
import io.gatehouse.credential.TokenState;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.lookup.IssuerClient;
import io.gatehouse.lookup.LookupSettings;
import io.gatehouse.lookup.NodeCaches;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.SignatureVerifier;
import io.gatehouse.plugin.UnavailableLog;
import io.gatehouse.plugin.acl.AclHandler;
import io.gatehouse.plugin.basicauth.BasicAuthHandler;
import io.gatehouse.plugin.botdetection.BotDetectionHandler;
import io.gatehouse.plugin.correlationid.CorrelationIdHandler;
import io.gatehouse.plugin.cors.CorsHandler;
import io.gatehouse.plugin.grpcweb.GrpcWebHandler;
import io.gatehouse.plugin.hmacauth.HmacAuthHandler;
import io.gatehouse.plugin.iprestriction.IpRestrictionHandler;
import io.gatehouse.plugin.jwt.JwtHandler;
import io.gatehouse.plugin.keyauth.KeyAuthHandler;
import io.gatehouse.plugin.ldapauth.LdapAuthHandler;
import io.gatehouse.plugin.log.LogBudget;
import io.gatehouse.plugin.log.LogPlugins;
import io.gatehouse.plugin.log.tracing.TracingPlugins;
import io.gatehouse.plugin.oauth2.OAuth2Factory;
import io.gatehouse.plugin.oauth2.dpop.Proofs;
import io.gatehouse.plugin.openidconnect.OpenIdConnectFactory;
import io.gatehouse.plugin.prometheus.KongMetrics;
import io.gatehouse.plugin.proxycache.ProxyCacheHandler;
import io.gatehouse.plugin.proxycache.ProxyCaches;
import io.gatehouse.plugin.ratelimiting.RateLimitingHandler;
import io.gatehouse.plugin.ratelimiting.ResponseRateLimitingHandler;
import io.gatehouse.plugin.redirect.RedirectHandler;
import io.gatehouse.plugin.requestsizelimiting.RequestSizeLimitingHandler;
import io.gatehouse.plugin.requesttermination.RequestTerminationHandler;
import io.gatehouse.plugin.session.SessionHandler;
import io.gatehouse.plugin.standardwebhooks.StandardWebhooksHandler;
import io.gatehouse.plugin.transformer.RequestTransformerHandler;
import io.gatehouse.plugin.transformer.ResponseTransformerHandler;
import io.gatehouse.quota.Counters;
import io.gatehouse.quota.LeaseStore;
import io.gatehouse.quota.LeasedCounters;
import io.gatehouse.session.SharedSessions;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The plugins that this node runs, and the credential look-ups that they share. A new plugin is one entry of
 * {@link #factories()}.
 */
final class InstalledPlugins {
    private final Vertx vertx;
    private final GatehouseConfig config;
    private final Cluster cluster;
    private final MeterRegistry registry;
    private final KongMetrics kongMetrics;
    private final IssuerClient issuer;
    private final ChangeFeedFreshness freshness;
    private final CredentialLookup<TokenState> tokens;
    private final CredentialLookup<KeyState> keys;
    private final CredentialLookup<ConsumerGroups> groups;
    private final CredentialLookup<JwtState> jwts;
    private final CredentialLookup<BasicState> passwords;
    private final CredentialLookup<HmacState> signers;
    private final CredentialLookup<ConsumerState> consumers;
    private final ProxyCaches responses;

    InstalledPlugins(
            Vertx vertx,
            GatehouseConfig config,
            Cluster cluster,
            CredentialCache shared,
            ChangeFeedFreshness freshness,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.config = config;
        this.cluster = cluster;
        this.registry = registry;
        this.kongMetrics = new KongMetrics(vertx);
        this.responses = new ProxyCaches(registry);
        this.issuer = new IssuerClient(vertx, cluster);
        this.freshness = freshness;
        LookupSettings settings = new LookupSettings(freshness, config.token().cacheSize(), registry);
        this.tokens = CredentialLookup.shared(vertx, settings, TokenState.class, shared, issuer);
        this.keys = CredentialLookup.shared(vertx, settings, KeyState.class, shared, issuer);
        this.groups = CredentialLookup.shared(vertx, settings, ConsumerGroups.class, shared, issuer);
        this.jwts = CredentialLookup.unshared(vertx, settings, JwtState.class, issuer);
        this.passwords = CredentialLookup.unshared(vertx, settings, BasicState.class, issuer);
        this.signers = CredentialLookup.unshared(vertx, settings, HmacState.class, issuer);
        this.consumers = CredentialLookup.shared(vertx, settings, ConsumerState.class, shared, issuer);
    }

    /** Returns the client of the issuers, which the plugins share. */
    IssuerClient issuer() {
        return issuer;
    }

    /** Returns the look-ups' caches, which changes invalidate. */
    NodeCaches caches() {
        return new NodeCaches(freshness, List.of(tokens, keys, groups, jwts, passwords, signers, consumers));
    }

    /** Returns what the {@code prometheus} plugins count. It follows the configuration. */
    KongMetrics kongMetrics() {
        return kongMetrics;
    }

    /** Returns the responses that proxy-cache stores on this node. */
    ProxyCaches responses() {
        return responses;
    }

    /** Returns the factories of all plugins by name. */
    Map<String, PluginFactory> factories() {
        LogBudget budget = new LogBudget(LogBudget.maxBytes(Runtime.getRuntime().maxMemory()));
        Map<String, PluginFactory> factories = new HashMap<>(new LogPlugins(
                        vertx,
                        registry,
                        config.log().directories(config.dataDir()),
                        config.log().syslogSocket(),
                        budget)
                .factories());
        factories.putAll(new TracingPlugins(vertx, registry, cluster.nodeId(), Version.current(), budget).factories());
        LeaseStore leases = cluster.leaseStore();
        Counters shared = new LeasedCounters(leases);
        SignatureVerifier signatures = new SignatureVerifier(vertx);
        SharedSessions sessions = browserSessions();
        factories.putAll(Map.ofEntries(
                Map.entry("correlation-id", CorrelationIdHandler.factory()),
                Map.entry("cors", CorsHandler.factory()),
                Map.entry("jwt", JwtHandler.factory(jwts, signatures)),
                Map.entry("oauth2", new OAuth2Factory(tokens, issuer, proofs(signatures))),
                Map.entry("key-auth", KeyAuthHandler.factory(keys)),
                Map.entry("acl", AclHandler.factory(groups)),
                Map.entry("basic-auth", BasicAuthHandler.factory(passwords)),
                Map.entry("grpc-web", GrpcWebHandler.factory()),
                Map.entry("hmac-auth", HmacAuthHandler.factory(signers)),
                Map.entry("ldap-auth", LdapAuthHandler.factory(vertx)),
                Map.entry("openid-connect", new OpenIdConnectFactory(vertx, signatures, sessions, tokens, consumers)),
                Map.entry("session", SessionHandler.factory(consumers, sessions, registry)),
                Map.entry("standard-webhooks", StandardWebhooksHandler.factory()),
                Map.entry("bot-detection", BotDetectionHandler.factory(vertx)),
                Map.entry("ip-restriction", IpRestrictionHandler.factory()),
                Map.entry("prometheus", kongMetrics.factory()),
                Map.entry("proxy-cache", ProxyCacheHandler.factory(responses)),
                Map.entry("redirect", RedirectHandler.factory()),
                Map.entry(
                        "rate-limiting",
                        RateLimitingHandler.factory(ofNode(leases), shared, uncounted("rate-limiting"))),
                Map.entry(
                        "response-ratelimiting",
                        ResponseRateLimitingHandler.factory(
                                ofNode(leases), shared, uncounted("response-ratelimiting"))),
                Map.entry("request-size-limiting", RequestSizeLimitingHandler.factory()),
                Map.entry("request-transformer", RequestTransformerHandler.factory()),
                Map.entry("response-transformer", ResponseTransformerHandler.factory()),
                Map.entry("request-termination", RequestTerminationHandler.factory())));
        return factories;
    }

    private UnavailableLog uncounted(String plugin) {
        return new UnavailableLog(registry, plugin, "passes uncounted");
    }

    private Proofs proofs(SignatureVerifier signatures) {
        return new Proofs(
                vertx, cluster.keys().nonces(), cluster.usedProofs(vertx), signatures, freshness::epochMillis);
    }

    private SharedSessions browserSessions() {
        return new SharedSessions(
                cluster.sessions(vertx),
                cluster.sessionEnds(vertx),
                cluster.keys().sessions());
    }

    /** Returns counters of this node alone. Each plugin has its own, so that the keys of one do not evict those of another. */
    private static Counters ofNode(LeaseStore leases) {
        // Its windows follow the time of the cluster, too.
        return new LeasedCounters(LeaseStore.ofNode(leases::now));
    }
}
