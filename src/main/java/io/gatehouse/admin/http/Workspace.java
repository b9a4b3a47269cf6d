package io.gatehouse.admin.http;

import io.gatehouse.entity.DefaultWorkspace;
import java.util.Map;

/** Describes the only workspace, which clients of Kong request by name. */
public final class Workspace {
    static final String NAME = DefaultWorkspace.NAME;

    public static final Map<String, Object> DEFAULT = Map.of(
            "id", DefaultWorkspace.ID.toString(), "name", NAME, "config", Map.of(), "meta", Map.of(), "created_at", 0);

    private Workspace() {}
}
