package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.SignatureVerifier;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps one {@link Provider} for equal settings, across changes of the configuration. One for each node. */
final class Providers {
    private final Vertx vertx;
    private final SignatureVerifier signatures;
    private final HttpClient client;
    /** A handler refers to its provider. The provider of deleted plugins is collected. */
    private final Map<Settings, WeakReference<Provider>> kept = new HashMap<>();

    private record Settings(String issuer, double lifetimeSeconds, long timeoutMillis) {}

    Providers(Vertx vertx, SignatureVerifier signatures) {
        this.vertx = vertx;
        this.signatures = signatures;
        this.client = vertx.createHttpClient(new HttpClientOptions().setMaxHeaderSize(16 * 1024));
    }

    synchronized Provider of(String issuer, double lifetimeSeconds, long timeoutMillis) {
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

    /** Returns a client of providers' endpoints. All share their connections. */
    Documents documents(long timeoutMillis) {
        return new Documents(vertx, client, timeoutMillis);
    }
}
