package io.gatehouse.plugin.ldapauth;

import java.util.Set;

/** Interprets the result code of a bind (RFC 4511 §4.1.9, appendix A.2). */
final class ResultCodes {
    static final int SUCCESS = 0;

    /**
     * Codes that do not depend on the password: operationsError, protocolError, timeLimitExceeded, strongerAuthRequired,
     * adminLimitExceeded, confidentialityRequired, busy, unavailable and other.
     */
    private static final Set<Integer> UNDECIDED = Set.of(1, 2, 3, 8, 11, 13, 51, 52, 80);

    private ResultCodes() {}

    /** Returns whether the server accepts the password. Fails if the code does not state that. */
    static boolean isAccepted(int code) {
        if (UNDECIDED.contains(code)) {
            throw new LdapFailure("the bind has the result code " + code);
        }
        return code == SUCCESS;
    }
}
