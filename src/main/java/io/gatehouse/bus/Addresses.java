package io.gatehouse.bus;

import io.gatehouse.config.ClusterTimings;

/**
 * Names every address on the event bus.
 *
 * <p>A message may arrive late, get lost, or arrive twice when a node restarts. Each address states the effect of that.
 */
public final class Addresses {
    /**
     * From any node to one that reads PostgreSQL: {@link FetchCatalog}. The reply is a
     * {@link io.gatehouse.entity.CatalogSnapshot} within {@link ClusterTimings#CATALOG_TIMEOUT}, or a failure with
     * {@link #UNAVAILABLE}. The request has no side effects.
     */
    public static final String FETCH_CATALOG = "gatehouse.catalog.fetch";

    /**
     * From any node to one that reads PostgreSQL: {@link FetchChanges}. The reply is {@link io.gatehouse.credential.Changes}
     * within {@link ClusterTimings#FEED_TIMEOUT}, or a failure with {@link #UNAVAILABLE}. Lost or late: the node requests them
     * again after {@link ClusterTimings#FEED_PERIOD}.
     */
    public static final String FETCH_CHANGES = "gatehouse.changes";

    /**
     * From a node without a database to one that reads PostgreSQL: {@link Leave}. The reply is {@link Done}. Lost: writes name
     * the node as late until its cache is stale. Doubled: no effect.
     */
    public static final String LEAVE = "gatehouse.changes.leave";

    /**
     * From an admin node to one proxy, its own if it has one: {@link FetchUpstreamHealth}. The reply is {@link UpstreamHealth}
     * within {@link ClusterTimings#HEALTH_TIMEOUT}, or a failure with {@link #UNKNOWN} if the proxy has no such Upstream. The
     * request has no side effects.
     */
    public static final String UPSTREAM_HEALTH = "gatehouse.proxy.upstream-health";

    /** Failure code: the receiver does not have the entity. */
    public static final int UNKNOWN = 404;

    /** Failure code: the receiver cannot reach PostgreSQL. */
    public static final int UNAVAILABLE = 503;

    private Addresses() {}

    /**
     * From a proxy to a token-issuer that it selects: {@link OAuth2Request}. The reply is {@link OAuth2Reply} within
     * {@link ClusterTimings#ISSUER_ATTEMPT_TIMEOUT}. Lost or late: the proxy sends the request once more, to another issuer.
     * Doubled: a code or refresh token is recognised by its attempt and gives the same tokens, and an assertion or pushed request is
     * not taken for a replay. Any other grant gives a second
     * token, which no client receives and which expires unused.
     */
    public static String oauth2(String nodeId) {
        return "gatehouse.node." + nodeId + ".oauth2";
    }

    /**
     * From a proxy to a token-issuer that it selects: {@link LookUpCredentials}. The reply is {@link CredentialReply} within
     * {@link ClusterTimings#ISSUER_ATTEMPT_TIMEOUT}, or a failure with {@link #UNAVAILABLE}. The request has no side effects.
     */
    public static String lookUpCredentials(String nodeId) {
        return "gatehouse.node." + nodeId + ".look-up-credentials";
    }

    /**
     * From an admin node to each node: {@link CatalogChanged}. The reply is {@link Done} once the node serves that version.
     * Lost: the node reads the version from the change feed. Doubled or late: no effect.
     */
    public static String catalogChanged(String nodeId) {
        return "gatehouse.node." + nodeId + ".catalog-changed";
    }

    /**
     * From an admin node or issuer to each node: {@link InvalidateCredentials}. The reply is {@link Done} once the node has
     * evicted them. Lost: the node reads the invalidation from the change feed. Doubled or late: the node looks them up again.
     */
    public static String invalidateCredentials(String nodeId) {
        return "gatehouse.node." + nodeId + ".invalidate-credentials";
    }

    /**
     * From an admin node or issuer to each node: {@link InvalidateAllCredentials}. The reply is {@link Done} once the node has
     * evicted every cached state. Lost: the node does so when it reads the change feed. Doubled or late: it evicts them again.
     */
    public static String invalidateAllCredentials(String nodeId) {
        return "gatehouse.node." + nodeId + ".invalidate-all-credentials";
    }

    /**
     * From an admin node to each node: {@link SetTargetHealth}. The reply is {@link Done}. Lost: that node keeps the result of
     * its own checks, and the admin node reports it. Doubled or late: the node sets the same health again.
     */
    public static String setTargetHealth(String nodeId) {
        return "gatehouse.node." + nodeId + ".set-target-health";
    }

    /**
     * From an admin node to each node: {@link FetchFigures}. The reply is {@link NodeFigures}, or a failure with
     * {@link #UNAVAILABLE}. Lost or late: the console shows the node without figures until the next request. The request has no side
     * effects.
     */
    public static String fetchFigures(String nodeId) {
        return "gatehouse.node." + nodeId + ".fetch-figures";
    }

    /**
     * From an admin node to each node: {@link FetchStoredResponse}. The reply is {@link StoredResponseReport} within
     * {@link ClusterTimings#HEALTH_TIMEOUT}, or a failure with {@link #UNKNOWN}. The request has no side effects.
     */
    public static String fetchStoredResponse(String nodeId) {
        return "gatehouse.node." + nodeId + ".fetch-stored-response";
    }

    /**
     * From an admin node to each node: {@link PurgeResponses}. The reply is {@link Done}. Lost: that node keeps its responses until
     * they expire, and the admin node reports it. Doubled or late: the node purges newer responses, too.
     */
    public static String purgeResponses(String nodeId) {
        return "gatehouse.node." + nodeId + ".purge-responses";
    }
}
