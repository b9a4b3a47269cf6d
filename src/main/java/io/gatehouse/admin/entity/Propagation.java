package io.gatehouse.admin.entity;

import io.gatehouse.store.WriteResult;
import io.vertx.core.Future;
import java.util.List;

/** Carries what was committed to every node. */
public interface Propagation {
    /** Makes every live node serve the change; completes, in bounded time, with the names of those that are late. */
    Future<List<String>> announce(WriteResult written);
}
