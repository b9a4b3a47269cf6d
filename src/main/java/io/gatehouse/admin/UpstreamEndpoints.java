package io.gatehouse.admin;

import io.gatehouse.entity.EntitySchemas;
import io.gatehouse.entity.Field;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;

/** What upstreams have beside the endpoints of every entity (contract/admin-api.md §4). */
final class UpstreamEndpoints {
    private final EntityActions actions;

    UpstreamEndpoints(EntityActions actions) {
        this.actions = actions;
    }

    List<Endpoint> all() {
        Field upstream = EntitySchemas.TARGETS.field("upstream").orElseThrow();
        // Kong keeps what it calls inactive targets apart; there are none here, so all are all.
        return List.of(new Endpoint(
                "/upstreams/{upstreams}/targets/all",
                Map.of(
                        HttpMethod.GET,
                        request -> actions.parent(EntitySchemas.UPSTREAMS, upstream, request.variable(0))
                                .compose(parent -> actions.list(request, EntitySchemas.TARGETS, parent)))));
    }
}
