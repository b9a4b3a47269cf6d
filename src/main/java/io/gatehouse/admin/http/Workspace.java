package io.gatehouse.admin.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/** Describes the only workspace, which clients of Kong request by name. */
public final class Workspace {
    static final String NAME = "default";

    public static final Map<String, Object> DEFAULT = Map.of(
            "id",
            UUID.nameUUIDFromBytes("gatehouse/workspaces/default".getBytes(StandardCharsets.UTF_8))
                    .toString(),
            "name",
            NAME,
            "config",
            Map.of(),
            "meta",
            Map.of(),
            "created_at",
            0);

    private Workspace() {}
}
