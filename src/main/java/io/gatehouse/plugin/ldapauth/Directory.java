package io.gatehouse.plugin.ldapauth;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.RequestContext;
import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import javax.naming.InvalidNameException;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks passwords with a simple bind on one LDAP server (docs/reference/plugins.md#ldap-auth).
 *
 * <p><i>Threading</i>: all event loops share it. A result arrives on the event loop of its request.
 */
final class Directory {
    private static final Logger LOG = LoggerFactory.getLogger(Directory.class);

    private final Vertx vertx;
    private final long number;
    private final DirectorySettings settings;
    private final BindCache cache;
    private final LdapConnections connections;
    private final PendingBinds limit;
    private final PendingBinds.OfServer own = new PendingBinds.OfServer();
    private final Map<CredentialDigest, Promise<Boolean>> pending = new HashMap<>();
    private final ProxyException tooMany =
            ProxyError.TEMPORARILY_UNAVAILABLE.causedBy(new RejectedExecutionException("too many passwords to check"));
    private volatile boolean isFailing;

    /** {@code number} is different for each directory of the node. */
    Directory(
            Vertx vertx,
            long number,
            DirectorySettings settings,
            BindCache cache,
            LdapConnections connections,
            PendingBinds limit) {
        this.vertx = vertx;
        this.number = number;
        this.settings = settings;
        this.cache = cache;
        this.connections = connections;
        this.limit = limit;
    }

    /**
     * Returns whether the server accepts the credential, and overwrites its password. Fails with {@link
     * ProxyError#TEMPORARILY_UNAVAILABLE} if the server cannot check it, or if too many binds are pending. Requests with the same
     * credential at the same time share one bind.
     */
    Future<Boolean> authenticate(PresentedCredential credential, String requestId) {
        CredentialDigest key = cache.key(number, credential);
        Boolean cached = cache.find(key);
        if (cached != null) {
            credential.wipe();
            return Future.succeededFuture(cached);
        }
        Promise<Boolean> result = Promise.promise();
        synchronized (this) {
            Promise<Boolean> shared = pending.get(key);
            if (shared != null) {
                credential.wipe();
                return RequestContext.here(vertx, shared.future());
            }
            if (!limit.begin(own)) {
                credential.wipe();
                return Future.failedFuture(tooMany);
            }
            pending.put(key, result);
        }
        Future<Boolean> here = RequestContext.here(vertx, result.future());
        Future.succeededFuture()
                .compose(begun -> connections.bind(name(credential.username()), credential.password()))
                .map(ResultCodes::isAccepted)
                .onComplete((isAccepted, failure) -> {
                    credential.wipe();
                    report(failure, requestId);
                    if (failure == null) {
                        cache.put(key, isAccepted, settings.cacheTtl());
                    }
                    finish(key);
                    if (failure == null) {
                        result.complete(isAccepted);
                    } else {
                        result.fail(ProxyError.TEMPORARILY_UNAVAILABLE.causedBy(failure));
                    }
                });
        return here;
    }

    private void finish(CredentialDigest key) {
        synchronized (this) {
            pending.remove(key);
        }
        limit.end(own);
    }

    /** Returns the name of a user's entry. The username is one value in it, whatever its characters (RFC 4514 §2.4). */
    private String name(String username) {
        try {
            return new Rdn(settings.attribute(), username) + "," + settings.baseDn();
        } catch (InvalidNameException e) {
            throw new IllegalStateException("neither attribute nor username is empty", e);
        }
    }

    private void report(@Nullable Throwable failure, String requestId) {
        if (failure == null) {
            if (isFailing) {
                isFailing = false;
                LOG.info("LDAP server is available again host={} port={}", settings.host(), settings.port());
            }
        } else if (!isFailing) {
            isFailing = true;
            LOG.warn(
                    "LDAP server cannot check passwords, requests that need it get 503 host={} port={} reason=\"{}\" request_id={}",
                    settings.host(),
                    settings.port(),
                    LogText.oneLine(LogText.of(failure)),
                    requestId);
        }
    }
}
