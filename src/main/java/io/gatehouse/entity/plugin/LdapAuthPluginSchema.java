package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.LogFields;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.TextPattern;
import java.util.List;

/** Declares the {@code ldap-auth} plugin's configuration. */
final class LdapAuthPluginSchema {
    private static final int DAY = 86_400;
    /** The name or the object identifier of an attribute (RFC 4512 §2.5), with characters that some servers also allow. */
    private static final TextPattern ATTRIBUTE = TextPattern.of("[A-Za-z0-9][A-Za-z0-9._;-]*");
    /** RFC 9110 §5.6.2. */
    private static final TextPattern SCHEME = TextPattern.of("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    static final PluginSchema SCHEMA = new PluginSchema(
            "ldap-auth",
            "0.1.0",
            1200,
            List.of(
                    CommonFields.host("ldap_host").required(),
                    CommonFields.port("ldap_port").required().defaultTo(389L),
                    Field.bool("ldaps").required().defaultTo(false),
                    Field.bool("start_tls").required().defaultTo(false),
                    Field.bool("verify_ldap_host").required().defaultTo(false),
                    Field.string("base_dn").required().lengthAtMost(1_024),
                    Field.string("attribute")
                            .required()
                            .lengthAtMost(256)
                            .pattern(ATTRIBUTE, value -> "invalid attribute '" + value + "'"),
                    Field.number("cache_ttl").required().between(0, DAY).defaultTo(60L),
                    Field.bool("hide_credentials").required().defaultTo(false),
                    LogFields.timeout("timeout", 10_000),
                    LogFields.timeout("keepalive", 60_000),
                    CommonFields.anonymous(),
                    Field.string("header_type")
                            .lengthAtMost(64)
                            .pattern(SCHEME, value -> "invalid authentication scheme '" + value + "'")
                            .defaultTo("ldap"),
                    CommonFields.realm()),
            List.of(EntityCheck.conditional(
                    "ldaps",
                    "start_tls",
                    "value must be false",
                    "'ldaps' and 'start_tls' cannot be enabled simultaneously",
                    config -> config.flag("ldaps") && config.flag("start_tls"))),
            false);

    private LdapAuthPluginSchema() {}
}
