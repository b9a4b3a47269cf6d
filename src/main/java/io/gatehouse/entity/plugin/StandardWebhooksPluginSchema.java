package io.gatehouse.entity.plugin;

import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the {@code standard-webhooks} plugin's configuration. */
final class StandardWebhooksPluginSchema {
    static final PluginSchema SCHEMA = new PluginSchema(
            "standard-webhooks",
            "0.1.0",
            760,
            List.of(
                    Field.string("secret_v1").required().referenceable().lengthAtLeast(1),
                    Field.integer("tolerance_second")
                            .required()
                            .between(0, Integer.MAX_VALUE)
                            .defaultTo(300L)),
            List.of(),
            false);

    private StandardWebhooksPluginSchema() {}
}
