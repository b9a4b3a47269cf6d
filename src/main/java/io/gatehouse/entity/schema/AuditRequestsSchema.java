package io.gatehouse.entity.schema;

import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.List;

/** Describes the rows of {@code /audit/requests}, which are read only. Kong Enterprise has all of their fields but {@code changes}. */
final class AuditRequestsSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "audit_requests",
                    null,
                    List.of(
                            Field.string("request_id").required().uuid(),
                            Field.integer("request_timestamp").required().timestamp(),
                            Field.string("client_ip").required(),
                            Field.string("rbac_user_id"),
                            Field.string("rbac_user_name"),
                            Field.string("request_source"),
                            Field.string("method").required(),
                            Field.string("path").required(),
                            Field.integer("status").required(),
                            Field.string("payload"),
                            Field.array("removed_from_payload", Field.element()),
                            Field.array("changes", Field.record("")).required().ours(),
                            Field.string("signature"),
                            Field.string("workspace").required().uuid(),
                            Field.integer("ttl").required()))
            .at("audit/requests", "audit/requests")
            .outsideCatalog();

    private AuditRequestsSchema() {}
}
