package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the {@code acl} plugin's configuration. */
final class AclPluginSchema {
    static final PluginSchema SCHEMA = new PluginSchema(
            "acl",
            "0.1.0",
            950,
            List.of(
                    Field.array("allow", CommonFields.group(Field.element())),
                    Field.array("deny", CommonFields.group(Field.element())),
                    Field.bool("hide_groups_header").required().defaultTo(false),
                    // Accepted for compatibility with Kong's configurations, without effect: Gatehouse has no consumer
                    // groups
                    // and no plugins that set groups.
                    Field.bool("include_consumer_groups").required().defaultTo(false),
                    Field.bool("always_use_authenticated_groups").required().defaultTo(false)),
            List.of(),
            false,
            List.of(
                    EntityCheck.exactlyOneOf("config.allow", "config.deny"),
                    EntityCheck.atLeastOneOf("config.allow", "config.deny")));

    private AclPluginSchema() {}
}
