package io.gatehouse.admin.audit;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.ListParameters;
import io.gatehouse.admin.http.Operation;
import io.gatehouse.admin.http.PageResponse;
import io.gatehouse.entity.DefaultWorkspace;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Field;
import io.gatehouse.store.AuditTrail;
import io.gatehouse.store.AuditTrail.Recorded;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Serves {@code GET /audit/requests}: the requests that changed something, the newest first, in the form of Kong Enterprise. */
public final class AuditEndpoints {
    private static final Pattern ID = Pattern.compile("\\d{1,18}");
    private static final Pattern ENTITY = Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private static final Operation LIST = Operation.list(
            List.of(
                    ListParameters.PAGE_SIZE,
                    Field.string("offset").format("offset-of-audit"),
                    Field.string("entity_id").uuid()),
            EntitySchemas.AUDIT_REQUESTS);

    private final AuditTrail trail;

    public AuditEndpoints(AuditTrail trail) {
        this.trail = trail;
    }

    public List<Endpoint> all() {
        return List.of(new Endpoint("/audit/requests", HttpMethod.GET, LIST, this::list));
    }

    private Future<AdminResponse> list(AdminRequest request) {
        ListParameters parameters = ListParameters.paging(request);
        Optional<Long> before = parameters.offset().map(offset -> id(request, offset));
        Optional<UUID> entity = request.parameter("entity_id").map(AuditEndpoints::entity);
        return trail.list(entity.orElse(null), before.orElse(null), parameters.size())
                .map(page -> PageResponse.of(
                        request,
                        page.entries().stream().map(AuditEndpoints::shown).toList(),
                        page.hasMore() ? Optional.of(last(page.entries())) : Optional.empty()));
    }

    private static String last(List<Recorded> entries) {
        return Long.toString(entries.get(entries.size() - 1).id());
    }

    private static Long id(AdminRequest request, String offset) {
        if (!ID.matcher(offset).matches()) {
            throw ListParameters.invalidOffset(request.parameter("offset").orElse(""));
        }
        return Long.valueOf(offset);
    }

    /** An id that is none would find nothing, as if the entity had never changed. */
    private static UUID entity(String text) {
        if (!ENTITY.matcher(text).matches()) {
            throw AdminError.BAD_REQUEST.exception("entity_id must be a valid UUID");
        }
        return UUID.fromString(text);
    }

    private static Map<String, @Nullable Object> shown(Recorded entry) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("request_id", entry.requestId());
        shown.put("request_timestamp", entry.time());
        shown.put("client_ip", entry.clientAddress());
        shown.put("rbac_user_id", null);
        shown.put("rbac_user_name", entry.clientName());
        shown.put("request_source", null);
        shown.put("method", entry.method());
        shown.put("path", entry.path());
        shown.put("status", entry.status());
        // Bodies contain secrets. The changes state what was written.
        shown.put("payload", null);
        shown.put("removed_from_payload", null);
        shown.put("changes", entry.changes());
        shown.put("signature", null);
        shown.put("workspace", DefaultWorkspace.ID.toString());
        shown.put("ttl", entry.ttl());
        return shown;
    }
}
