package io.gatehouse.plugin.ldapauth;

/** States why an LDAP server cannot check a password now. It is expected, so it has no stack trace. */
class LdapFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LdapFailure(String reason) {
        super(reason, null, false, false);
    }
}
