package io.gatehouse.plugin.openidconnect.provider;

import io.gatehouse.plugin.SignatureVerifier;
import io.gatehouse.schema.Document;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.KeyCertOptions;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one {@link Provider} for equal settings, and the results for credentials, across changes of the configuration. One for each
 * node.
 */
public final class Providers {
    private static final int MAX_HEAD_BYTES = 16 * 1024;
    /** To one host: sign-ins and refreshes, and checks of Basic credentials and of tokens. */
    private static final int MAX_CONNECTIONS = TokenClient.MAX_REFRESHES + 3 * InFlight.MAX;

    private final Vertx vertx;
    private final SignatureVerifier signatures;
    private final HttpClient client;
    /** Of the endpoints for tokens. One that does not respond delays no read of keys. */
    private final HttpClient tokenClient;

    private final AcceptedCredentials accepted;
    private final VerifiedTokens verified = new VerifiedTokens();
    private final FailedCredentials failed = new FailedCredentials();
    /** A handler refers to its provider. The provider of deleted plugins is collected. */
    private final Map<Settings, WeakReference<Provider>> kept = new HashMap<>();

    private long created;

    private record Settings(String issuer, double lifetimeSeconds, long timeoutMillis) {}

    public Providers(Vertx vertx, SignatureVerifier signatures) {
        this.vertx = vertx;
        this.signatures = signatures;
        this.accepted = new AcceptedCredentials(vertx);
        HttpClientOptions options = new HttpClientOptions().setMaxHeaderSize(MAX_HEAD_BYTES);
        this.client = vertx.createHttpClient(options);
        // The default of 5 connections to a host would make the other requests wait.
        this.tokenClient = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS));
    }

    /** Returns the provider of an issuer, or of the URL of its metadata. */
    public synchronized Provider of(String issuer, double lifetimeSeconds, long timeoutMillis) {
        Settings settings = new Settings(issuer, lifetimeSeconds, timeoutMillis);
        WeakReference<Provider> before = kept.get(settings);
        @Nullable Provider provider = before == null ? null : before.get();
        if (provider == null) {
            kept.values().removeIf(each -> each.get() == null);
            long lifetime = (long) (lifetimeSeconds * TimeUnit.SECONDS.toNanos(1));
            Discovery discovery = new Discovery(documents(timeoutMillis), issuer);
            provider = new Provider(vertx, issuer, discovery, lifetime, signatures, verified, created);
            created++;
            kept.put(settings, new WeakReference<>(provider));
        }
        return provider;
    }

    private Documents documents(long timeoutMillis) {
        return new Documents(vertx, client, timeoutMillis);
    }

    /**
     * Creates the client of a provider that a plugin configures. All clients without a certificate share their connections.
     *
     * @param certificate that authenticates the client; null without one
     */
    public ProviderClient client(Provider provider, Document config, @Nullable KeyCertOptions certificate) {
        long timeoutMillis = config.integer("timeout");
        ClientAuthentication authentication = ClientAuthentication.of(config);
        @Nullable
        ClientSSLOptions tls = certificate == null || !authentication.isByCertificate()
                ? null
                : new ClientSSLOptions()
                        .setHostnameVerificationAlgorithm("HTTPS")
                        .setKeyCertOptions(certificate);
        return ProviderClient.of(
                provider,
                config,
                new Documents(vertx, tokenClient, timeoutMillis, tls),
                new Documents(vertx, tokenClient, timeoutMillis),
                authentication);
    }

    /** Returns the cache of credentials that providers accept. */
    public AcceptedCredentials accepted() {
        return accepted;
    }

    /** Returns the counts of wrong credentials. */
    public FailedCredentials failed() {
        return failed;
    }
}
