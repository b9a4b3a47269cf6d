package io.gatehouse.admin.audit;

import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.Caller;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntityChange;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.store.AuditTrail;
import io.gatehouse.store.AuditedRequest;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Describes requests for the audit trail. The stores record them in the transactions of their changes. */
public final class Auditor {
    private static final int MAX_PATH = 1_024;

    private final AuditTrail trail;
    private final Duration retention;

    /** {@code retention}: how long a record is kept; zero: none is made. */
    public Auditor(AuditTrail trail, Duration retention) {
        this.trail = trail;
        this.retention = retention;
    }

    /** Describes a request that changes entities; null if nothing is recorded. */
    public @Nullable AuditedRequest of(AdminRequest request) {
        if (retention.isZero()) {
            return null;
        }
        Caller caller = request.caller();
        HttpMethod method = HttpMethod.valueOf(request.method());
        return new AuditedRequest(
                request.id(),
                caller.address(),
                caller.certificate(),
                request.method(),
                path(request),
                request.endpoint().operation(method).status(),
                retention);
    }

    /** Records a change that no transaction makes, before it is made. */
    public Future<Void> record(AdminRequest request, EntityChange change) {
        AuditedRequest audited = of(request);
        return audited == null ? Future.succeededFuture() : trail.add(audited, change);
    }

    /** Returns the path with the variable in place of a name that is a secret: a key, or a token. */
    private static String path(AdminRequest request) {
        StringBuilder path = new StringBuilder();
        Iterator<String> values = request.variables().iterator();
        for (String segment : request.template().substring(1).split("/", -1)) {
            path.append('/').append(segment.startsWith("{") ? shown(segment, values.next()) : segment);
        }
        return path.length() <= MAX_PATH ? path.toString() : path.substring(0, MAX_PATH);
    }

    private static String shown(String variable, String value) {
        return EntitySchemas.find(variable.substring(1, variable.length() - 1))
                .filter(schema -> !isNamedBySecret(schema))
                .map(schema -> URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"))
                .orElse(variable);
    }

    private static boolean isNamedBySecret(EntitySchema schema) {
        String key = schema.key();
        return key != null && schema.field(key).filter(Field::canContainSecret).isPresent();
    }
}
