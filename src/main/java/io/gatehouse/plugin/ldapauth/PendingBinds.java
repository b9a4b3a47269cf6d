package io.gatehouse.plugin.ldapauth;

/**
 * Limits the binds of a node that are pending. Those of one server are at most as many as all servers leave free: half of the limit
 * for one server, a third each for two. So an unresponsive server does not reject the requests of the others.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
final class PendingBinds {
    /** Each holds a username and a password, at most 6 KiB together. */
    static final int MAX = 2_048;

    private int all;

    /** Counts the binds of one server. */
    static final class OfServer {
        private int pending;
    }

    /** Counts a bind, unless too many are pending. */
    synchronized boolean begin(OfServer server) {
        if (server.pending >= MAX - all) {
            return false;
        }
        server.pending++;
        all++;
        return true;
    }

    synchronized void end(OfServer server) {
        server.pending--;
        all--;
    }
}
