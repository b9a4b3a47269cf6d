package io.gatehouse.plugin.ldapauth;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one {@link Directory} for equal settings, across changes of the configuration. One for each node.
 *
 * <p><i>Invariant</i>: a directory with other settings has another number, so no result of the earlier settings is valid for it.
 */
final class Directories {
    private final Vertx vertx;
    private final NetClient client;
    private final BindCache cache = new BindCache();
    private final PendingBinds limit = new PendingBinds();
    /** A handler refers to its directory. The directory of deleted plugins is collected. */
    private final Map<DirectorySettings, WeakReference<Directory>> kept = new HashMap<>();

    private long numbers;

    Directories(Vertx vertx) {
        this.vertx = vertx;
        this.client = vertx.createNetClient(new NetClientOptions());
    }

    synchronized Directory of(DirectorySettings settings) {
        WeakReference<Directory> before = kept.get(settings);
        @Nullable Directory directory = before == null ? null : before.get();
        if (directory == null) {
            kept.values().removeIf(each -> each.get() == null);
            numbers++;
            LdapConnections connections = new LdapConnections(vertx, client, settings);
            directory = new Directory(vertx, numbers, settings, cache, connections, limit);
            kept.put(settings, new WeakReference<>(directory));
        }
        return directory;
    }
}
