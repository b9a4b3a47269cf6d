package io.gatehouse.entity;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Names the only workspace, to which all entities belong. */
public final class DefaultWorkspace {
    public static final String NAME = "default";

    public static final UUID ID =
            UUID.nameUUIDFromBytes("gatehouse/workspaces/default".getBytes(StandardCharsets.UTF_8));

    private DefaultWorkspace() {}
}
