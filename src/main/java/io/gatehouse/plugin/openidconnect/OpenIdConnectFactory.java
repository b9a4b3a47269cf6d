package io.gatehouse.plugin.openidconnect;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.credential.ConsumerState;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.Plugin;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.plugin.Anonymous;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.SignatureVerifier;
import io.gatehouse.plugin.openidconnect.provider.CacheTimes;
import io.gatehouse.plugin.openidconnect.provider.InFlight;
import io.gatehouse.plugin.openidconnect.provider.Provider;
import io.gatehouse.plugin.openidconnect.provider.ProviderClient;
import io.gatehouse.plugin.openidconnect.provider.Providers;
import io.gatehouse.schema.Document;
import io.gatehouse.session.SharedSessions;
import io.gatehouse.upstream.ClientCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the handlers of {@code openid-connect}, which share the keys of providers and the results for credentials. One for each
 * node.
 */
public final class OpenIdConnectFactory implements PluginFactory {
    private static final Logger LOG = LoggerFactory.getLogger(OpenIdConnectFactory.class);

    private final Vertx vertx;
    private final Providers providers;
    private final SharedSessions shared;
    private final CredentialLookup<TokenState> tokens;
    private final CredentialLookup<ConsumerState> consumers;

    /** {@code tokens} are those of the {@code oauth2} plugin. */
    public OpenIdConnectFactory(
            Vertx vertx,
            SignatureVerifier signatures,
            SharedSessions shared,
            CredentialLookup<TokenState> tokens,
            CredentialLookup<ConsumerState> consumers) {
        this.vertx = vertx;
        this.providers = new Providers(vertx, signatures);
        this.shared = shared;
        this.tokens = tokens;
        this.consumers = consumers;
    }

    @Override
    public PluginHandler create(Plugin plugin, Catalog catalog) {
        Document config = plugin.config();
        Provider provider = providers.of(
                config.string("issuer"),
                config.number("rediscovery_lifetime").doubleValue(),
                config.integer("timeout"));
        ProviderClient client = providers.client(provider, config, certificate(plugin, catalog));
        SignInTokens verifier = SignInTokens.of(config, provider, client.tokens());
        CredentialGrants grants = new CredentialGrants(config, provider, client.tokens(), verifier);
        InFlight tokenChecks = new InFlight();
        return new OpenIdConnectHandler(
                config,
                Anonymous.of(config.optionalString("anonymous"), catalog),
                bearer(plugin, provider, client, tokenChecks),
                basic(plugin, grants),
                refresh(plugin, grants, tokenChecks),
                browser(plugin, provider, client),
                new ClaimedIdentity(config, consumers));
    }

    private static @Nullable ClientCertificate certificate(Plugin plugin, Catalog catalog) {
        String id = plugin.config().optionalString("tls_client_auth_cert_id");
        if (id == null) {
            return null;
        }
        Optional<ClientCertificate> found =
                catalog.certificate(UUID.fromString(id)).map(ClientCertificate::of);
        if (found.isEmpty()) {
            LOG.error(
                    "openid-connect plugin {} has no client certificate, the provider may refuse its requests:"
                            + " no certificate has the id of tls_client_auth_cert_id",
                    plugin.id());
        }
        return found.orElse(null);
    }

    /** A result is valid for one method of one plugin, until its configuration changes. */
    private static String owner(Plugin plugin, String method) {
        return plugin.id() + "\n" + method + "\n"
                + CredentialDigest.of(Json.encode(plugin.config().values())).toHex();
    }

    private BearerMethods bearer(Plugin plugin, Provider provider, ProviderClient client, InFlight inFlight) {
        Document config = plugin.config();
        List<String> methods = config.strings("auth_methods");
        double leeway = config.number("leeway").doubleValue();
        List<BearerMethod> opaque = new ArrayList<>();
        if (methods.contains("kong_oauth2")) {
            opaque.add(new KongTokens(tokens));
        }
        if (methods.contains("introspection")) {
            opaque.add(new OpaqueTokens(
                    client.introspection(),
                    owner(plugin, "introspection"),
                    providers.accepted(),
                    CacheTimes.of(config, "cache_introspection"),
                    inFlight,
                    leeway));
        }
        if (methods.contains("userinfo")) {
            opaque.add(new OpaqueTokens(
                    client.userInfo(),
                    owner(plugin, "userinfo"),
                    providers.accepted(),
                    CacheTimes.of(config, "cache_user_info"),
                    inFlight,
                    leeway));
        }
        return new BearerMethods(provider, methods.contains("bearer"), List.copyOf(opaque), leeway);
    }

    private BasicMethods basic(Plugin plugin, CredentialGrants grants) {
        return new BasicMethods(
                grants,
                grants.isEnabled() ? owner(plugin, "basic") : "",
                plugin.id().toString(),
                providers.accepted(),
                providers.failed(),
                plugin.config());
    }

    /** Returns null without the method. */
    private @Nullable RefreshTokens refresh(Plugin plugin, CredentialGrants grants, InFlight inFlight) {
        return plugin.config().strings("auth_methods").contains("refresh_token")
                ? new RefreshTokens(
                        grants, owner(plugin, "refresh_token"), providers.accepted(), inFlight, plugin.config())
                : null;
    }

    /** Returns null without sessions, and if they have no secret. */
    private @Nullable BrowserFlow browser(Plugin plugin, Provider provider, ProviderClient client) {
        Document config = plugin.config();
        if (!OpenIdConnectHandler.hasSessions(config)) {
            return null;
        }
        Optional<byte[]> secret = shared.secretOr(config.optionalString("session_secret"));
        if (secret.isEmpty()) {
            LOG.error(
                    "openid-connect plugin {} has no secret for sessions, browsers get 500:"
                            + " set session_secret or cluster.secret",
                    plugin.id());
            return null;
        }
        return new BrowserFlow(vertx, plugin.id(), config, provider, client.tokens(), shared, secret.get());
    }
}
