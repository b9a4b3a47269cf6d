package io.gatehouse.entity.plugin;

import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.Field;
import io.gatehouse.syntax.IpRange;
import java.util.List;

/** Declares the {@code ip-restriction} plugin's configuration. */
final class IpRestrictionPluginSchema {
    static final PluginSchema SCHEMA = new PluginSchema(
            "ip-restriction",
            "0.1.0",
            990,
            List.of(
                    Field.array("allow", range()),
                    Field.array("deny", range()),
                    // Stricter than Kong, which accepts any number.
                    Field.number("status").between(400, 599),
                    Field.string("message")),
            List.of(),
            true,
            List.of(EntityCheck.atLeastOneOf("config.allow", "config.deny")));

    private IpRestrictionPluginSchema() {}

    private static Field range() {
        return Field.element()
                .format("ip-range")
                .matches(text -> IpRange.parse(text) != null, text -> "invalid ip or cidr range: '" + text + "'");
    }
}
