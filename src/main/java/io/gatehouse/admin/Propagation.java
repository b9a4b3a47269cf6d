package io.gatehouse.admin;

import io.gatehouse.store.Written;
import io.vertx.core.Future;
import java.util.List;

/** Carries what was committed to every node. */
public interface Propagation {
    /** Makes every live node serve the change; completes, in bounded time, with the names of those that are late. */
    Future<List<String>> announce(Written written);
}
