package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import java.util.List;

/** The {@code acl} plugin's configuration. */
final class AclPluginSchema {
    static final PluginSchema SCHEMA = new PluginSchema(
            "acl",
            "0.1.0",
            950,
            List.of(
                    Field.array("allow", CommonFields.group(Field.element())),
                    Field.array("deny", CommonFields.group(Field.element())),
                    Field.bool("hide_groups_header").required().defaultTo(false),
                    // Kong's other sources of groups, consumer groups and plugins that bring groups of their own, do
                    // not
                    // exist here: the two are taken for the sake of Kong's configurations, and change nothing.
                    Field.bool("include_consumer_groups").required().defaultTo(false),
                    Field.bool("always_use_authenticated_groups").required().defaultTo(false)),
            List.of(EntityCheck.onlyOneOf("allow", "deny"), EntityCheck.atLeastOneOf("allow", "deny")),
            false);

    private AclPluginSchema() {}
}
