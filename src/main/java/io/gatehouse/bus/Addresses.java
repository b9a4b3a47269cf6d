package io.gatehouse.bus;

/**
 * Every address on the event bus. A message may be late, lost, or doubled by a restarting node; each entry says what its
 * receiver makes of that.
 */
public final class Addresses {
    /**
     * Any node to one that reads PostgreSQL: {@link FetchCatalog}, answered by a
     * {@link io.gatehouse.entity.CatalogSnapshot} within {@link #CATALOG_TIMEOUT_MILLIS}, or failed with
     * {@link #UNAVAILABLE}. A question without effects.
     */
    public static final String FETCH_CATALOG = "gatehouse.catalog.fetch";

    /**
     * Any node to one that reads PostgreSQL: {@link FetchChanges}, answered by {@link io.gatehouse.credential.Changes} within
     * {@link #CHANGES_TIMEOUT_MILLIS}, or failed with {@link #UNAVAILABLE}. A question without effects.
     */
    public static final String ASK_CHANGES = "gatehouse.changes";

    /**
     * Admin to one proxy, its own if it has one: {@link FetchUpstreamHealth}, answered by {@link UpstreamHealth} within
     * {@link #HEALTH_TIMEOUT_MILLIS}, or failed with {@link #UNKNOWN} when the proxy has no such Upstream. A question without
     * effects.
     */
    public static final String UPSTREAM_HEALTH = "gatehouse.proxy.upstream-health";

    /** Of all attempts together, at whichever issuers. */
    public static final long ISSUER_TIMEOUT_MILLIS = 6_000;
    /** Of one attempt that can be repeated at another issuer. */
    public static final long ISSUER_ATTEMPT_MILLIS = 2_000;

    public static final long CATALOG_TIMEOUT_MILLIS = 10_000;

    public static final long CHANGES_TIMEOUT_MILLIS = 2_000;

    public static final long HEALTH_TIMEOUT_MILLIS = 2_000;

    /** Failure code of an answer about something the receiver does not know. */
    public static final int UNKNOWN = 404;

    /** Failure code of an answer nobody can give now: PostgreSQL is unreachable. */
    public static final int UNAVAILABLE = 503;

    private Addresses() {}

    /**
     * Proxy to a token-issuer of its choice: {@link OAuth2Request}, answered by {@link OAuth2Reply} within
     * {@link #ISSUER_ATTEMPT_MILLIS}. Lost or late: the proxy sends it once more, to another issuer. Doubled: what may be
     * redeemed once is recognised by its attempt and gives the same tokens; otherwise a second token, which no client has,
     * expires unused.
     */
    public static String oauth2(String nodeId) {
        return "gatehouse.node." + nodeId + ".oauth2";
    }

    /**
     * Proxy to a token-issuer of its choice: {@link LookUpCredentials}, answered by {@link CredentialReply} within
     * {@link #ISSUER_ATTEMPT_MILLIS}, or failed with {@link #UNAVAILABLE}. A question without effects: late, lost or doubled
     * costs time only.
     */
    public static String lookUpCredentials(String nodeId) {
        return "gatehouse.node." + nodeId + ".lookup-facts";
    }

    /**
     * Admin to each node: {@link CatalogChanged}, answered by {@link Done} once the node serves that version. Lost: the
     * node hears of it at its next comparison of versions. Doubled or late: it has that version already.
     */
    public static String catalogChanged(String nodeId) {
        return "gatehouse.node." + nodeId + ".catalog-changed";
    }

    /**
     * Admin and issuer to each node: {@link InvalidateCredentials}, answered by {@link Done} once the node's first level has
     * forgotten them. Lost: the node hears of it when it asks what changed. Doubled or late: they are looked up again.
     */
    public static String invalidateCredentials(String nodeId) {
        return "gatehouse.node." + nodeId + ".forget-tokens";
    }

    /**
     * Admin to each node: {@link SetTargetHealth}, answered by {@link Done}. Lost: that node goes on as its checks say, and
     * the caller is told. Doubled or late: said twice.
     */
    public static String setTargetHealth(String nodeId) {
        return "gatehouse.node." + nodeId + ".set-target-health";
    }
}
