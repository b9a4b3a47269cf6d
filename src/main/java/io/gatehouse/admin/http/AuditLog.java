package io.gatehouse.admin.http;

import io.gatehouse.schema.Document;
import io.gatehouse.store.entity.WriteResult;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one line for each committed change: the client, the action, the entity and the names of the changed fields. It omits values,
 * because they can be secrets. Operators filter by the logger's name, {@code gatehouse.audit}.
 */
public final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger("gatehouse.audit");

    private AuditLog() {}

    public static void note(AdminRequest request, WriteResult written) {
        note(
                request,
                change(written.before(), written.after(), written.invalidated().size()));
    }

    public static void note(AdminRequest request, String change) {
        LOG.info("[{}] {} did {} {}: {}", request.id(), request.caller(), request.method(), request.template(), change);
    }

    private static String change(@Nullable Document before, @Nullable Document after, int state) {
        if (before == null && after == null) {
            return "revoked " + state + " tokens";
        }
        if (before == null) {
            return "created " + Objects.requireNonNull(after).id();
        }
        if (after == null) {
            return "deleted " + before.id();
        }
        TreeSet<String> changed = new TreeSet<>();
        after.values().forEach((name, value) -> {
            if (!Objects.equals(value, before.get(name))) {
                changed.add(name);
            }
        });
        return "changed " + after.id() + " " + changed;
    }
}
