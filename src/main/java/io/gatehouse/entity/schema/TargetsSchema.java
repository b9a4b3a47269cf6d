package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import io.gatehouse.schema.Texts;
import io.gatehouse.syntax.Authority;
import io.gatehouse.syntax.HostForm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Declares the targets of Upstreams (docs/reference/admin-api.md#entities). */
final class TargetsSchema {
    private static final int STANDARD_PORT = 8000;

    static final EntitySchema SCHEMA = EntitySchema.of(
                    "targets",
                    "target",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAtMillis(),
                            CommonFields.updatedAtMillis(),
                            Field.foreign("upstream", "upstreams", OnDelete.CASCADE)
                                    .required(),
                            Field.string("target")
                                    .required()
                                    .format("authority")
                                    .check(value -> violation((String) value)),
                            Field.integer("weight").between(0, 65_535).defaultTo(100L),
                            CommonFields.tags()))
            .uniqueTogether("upstream", "target")
            .expandedBy(TargetsSchema::withPort);

    private TargetsSchema() {}

    private static @Nullable Object violation(String target) {
        return parse(target) == null ? "Invalid target ('" + target + "'); not a valid hostname or ip address" : null;
    }

    private static @Nullable Authority parse(String target) {
        if (HostForm.of(target).violation() != null) {
            return null;
        }
        boolean isBareIpv6 = target.indexOf(':') != target.lastIndexOf(':') && !target.startsWith("[");
        Authority authority = Authority.parse(isBareIpv6 ? "[" + target + "]" : target);
        return authority != null && authority.host().length() <= Texts.MAX_HOST ? authority : null;
    }

    /** Adds the default port 8000, so that one target has one form. */
    private static Map<String, @Nullable Object> withPort(Map<String, @Nullable Object> given) {
        Authority authority = given.get("target") instanceof String target ? parse(target) : null;
        if (authority == null) {
            return given;
        }
        Map<String, @Nullable Object> expanded = new LinkedHashMap<>(given);
        int port = authority.port() == Authority.NO_PORT ? STANDARD_PORT : authority.port();
        expanded.put("target", authority.host() + ":" + port);
        return expanded;
    }
}
