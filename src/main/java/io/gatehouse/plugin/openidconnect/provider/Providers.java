package io.gatehouse.plugin.openidconnect.provider;

import io.gatehouse.plugin.SignatureVerifier;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps one {@link Provider} for equal settings, across changes of the configuration. One for each node. */
public final class Providers {
    private static final int MAX_HEAD_BYTES = 16 * 1024;

    private final Vertx vertx;
    private final SignatureVerifier signatures;
    private final HttpClient client;
    /** A token endpoint that does not respond delays no read of keys. */
    private final HttpClient tokenClient;
    /** A handler refers to its provider. The provider of deleted plugins is collected. */
    private final Map<Settings, WeakReference<Provider>> kept = new HashMap<>();

    private record Settings(String issuer, double lifetimeSeconds, long timeoutMillis) {}

    public Providers(Vertx vertx, SignatureVerifier signatures) {
        this.vertx = vertx;
        this.signatures = signatures;
        HttpClientOptions options = new HttpClientOptions().setMaxHeaderSize(MAX_HEAD_BYTES);
        this.client = vertx.createHttpClient(options);
        // The default of 5 connections to a host would make the other token requests wait.
        this.tokenClient =
                vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(2 * TokenClient.MAX_IN_FLIGHT));
    }

    /** Returns the provider of an issuer, or of the URL of its metadata. */
    public synchronized Provider of(String issuer, double lifetimeSeconds, long timeoutMillis) {
        Settings settings = new Settings(issuer, lifetimeSeconds, timeoutMillis);
        WeakReference<Provider> before = kept.get(settings);
        @Nullable Provider provider = before == null ? null : before.get();
        if (provider == null) {
            kept.values().removeIf(each -> each.get() == null);
            long lifetime = (long) (lifetimeSeconds * TimeUnit.SECONDS.toNanos(1));
            provider =
                    new Provider(vertx, issuer, new Discovery(documents(timeoutMillis), issuer), lifetime, signatures);
            kept.put(settings, new WeakReference<>(provider));
        }
        return provider;
    }

    private Documents documents(long timeoutMillis) {
        return new Documents(vertx, client, timeoutMillis);
    }

    /** Returns a client of token endpoints. All share their connections. */
    public Documents tokenEndpoints(long timeoutMillis) {
        return new Documents(vertx, tokenClient, timeoutMillis);
    }
}
