package io.gatehouse.launch.node;

import io.gatehouse.admin.AdminVerticle;
import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LaunchException;
import io.gatehouse.store.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces what expires or is rotated while the node runs: the certificates of its listeners, the admin tokens, and the password
 * and certificates for the database. Every other key needs a restart.
 *
 * <p><i>Threading</i>: one renewal at a time.
 *
 * <p><i>Why</i> the files are polled: the kubelet replaces a symbolic link above the files of a Secret, and other file systems
 * deliver no events.
 */
final class Renewal {
    private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);

    static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final GatehouseConfig config;
    private final Proxies proxies;
    private final @Nullable Database database;
    private volatile @Nullable AdminVerticle admin;
    private volatile @Nullable AdminFiles adminFiles;
    /** The last valid configuration. */
    private volatile GatehouseConfig latest;

    private final AtomicBoolean running = new AtomicBoolean();
    /** The reason of the last failure, which is logged once. */
    private volatile String failed = "";

    /** The files of the Admin API's listener. */
    private record AdminFiles(CertificateFile certificate, String authorities) {}

    Renewal(Vertx vertx, GatehouseConfig config, Proxies proxies, @Nullable Database database) {
        this.vertx = vertx;
        this.config = config;
        this.latest = config;
        this.proxies = proxies;
        this.database = database;
    }

    /** Reads the files of the Admin API, which {@code verticle} serves. */
    Future<Void> add(AdminVerticle verticle) {
        admin = verticle;
        AdminConfig.Tls tls = config.admin().tls();
        return tls == null
                ? Future.succeededFuture()
                : vertx.executeBlocking(() -> read(tls))
                        .onSuccess(files -> adminFiles = files)
                        .mapEmpty();
    }

    /** Reads the configuration again at each interval, while Vert.x runs. */
    void begin(Callable<GatehouseConfig> reader, Duration interval) {
        vertx.setPeriodic(interval.toMillis(), due -> {
            if (running.compareAndSet(false, true)) {
                vertx.executeBlocking(reader)
                        .compose(this::apply, this::applyCertificates)
                        .onSuccess(done -> failed = "")
                        .onFailure(this::log)
                        .onComplete(done -> running.set(false));
            }
        });
    }

    private void log(Throwable failure) {
        String reason = String.valueOf(failure.getMessage());
        if (!reason.equals(failed)) {
            LOG.warn("A part of the configuration cannot be read again; keeping its previous values: {}", reason);
            failed = reason;
        }
    }

    /** Uses the certificates, the tokens and the password of {@code next} if they have changed. */
    Future<Void> apply(GatehouseConfig next) {
        latest = next;
        if (database != null && !config.postgres().embedded() && database.useCredentials(next.postgres())) {
            LOG.info("Connections to PostgreSQL use the changed password or certificates from now on");
        }
        return Future.join(proxies.renew(next.proxy()), renewAdmin(next.admin()))
                .mapEmpty();
    }

    /**
     * Renews the certificates of the listeners if another value is invalid, such as a token, and fails with that failure.
     *
     * <p><i>Why</i>: a certificate expires, and the failure may be old: it is logged once.
     */
    private Future<Void> applyCertificates(Throwable invalid) {
        GatehouseConfig valid = latest;
        return Future.join(proxies.renew(valid.proxy()), renewAdminTls(valid.admin()))
                .transform((done, failure) -> Future.failedFuture(invalid));
    }

    private Future<Void> renewAdmin(AdminConfig next) {
        AdminVerticle verticle = admin;
        // Whether a token is required does not change while the node runs.
        if (verticle != null
                && next.tokens().isEmpty() == config.admin().tokens().isEmpty()
                && verticle.useTokens(next.tokens())) {
            LOG.info(
                    "The Admin API uses the changed tokens count={}",
                    next.tokens().size());
        }
        return renewAdminTls(next);
    }

    private Future<Void> renewAdminTls(AdminConfig next) {
        AdminVerticle verticle = admin;
        AdminConfig.Tls tls = next.tls();
        if (verticle == null || tls == null || config.admin().tls() == null) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(() -> read(tls))
                .compose(files -> files.equals(adminFiles)
                        ? Future.succeededFuture()
                        : verticle.useTls(tls).onSuccess(used -> {
                            adminFiles = files;
                            LOG.info(
                                    "The Admin API uses the changed certificate end={}",
                                    files.certificate().end());
                        }));
    }

    private static AdminFiles read(AdminConfig.Tls tls) throws LaunchException {
        return new AdminFiles(
                CertificateFile.read(tls.certificate(), tls.certificateKey()),
                tls.clientAuthorities() == null ? "" : CertificateFile.text(tls.clientAuthorities()));
    }

    /** Returns when the certificates that this node presents expire, by the key or the entity that they are from. */
    Map<String, Instant> certificateEnds() {
        Map<String, Instant> ends = proxies.certificateEnds();
        AdminFiles files = adminFiles;
        if (files != null) {
            ends.put("admin.certificate", files.certificate().end());
        }
        return ends;
    }
}
