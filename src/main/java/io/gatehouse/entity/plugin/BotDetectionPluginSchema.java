package io.gatehouse.entity.plugin;

import io.gatehouse.schema.Field;
import io.gatehouse.syntax.OperatorRegex;
import java.util.List;

/** Declares the {@code bot-detection} plugin's configuration. */
final class BotDetectionPluginSchema {
    static final PluginSchema SCHEMA = new PluginSchema(
            "bot-detection", "0.1.0", 2500, List.of(expressions("allow"), expressions("deny")), List.of(), false);

    private BotDetectionPluginSchema() {}

    private static Field expressions(String name) {
        return Field.array(name, Field.element().check(regex -> OperatorRegex.violation((String) regex)))
                .defaultTo(List.of());
    }
}
