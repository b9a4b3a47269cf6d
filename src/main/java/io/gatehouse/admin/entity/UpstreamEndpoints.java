package io.gatehouse.admin.entity;

import io.gatehouse.admin.audit.Auditor;
import io.gatehouse.admin.entity.EntityWriter.Parent;
import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.AuditLog;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.ListParameters;
import io.gatehouse.admin.http.Operation;
import io.gatehouse.balancer.HealthClient;
import io.gatehouse.bus.UpstreamHealth;
import io.gatehouse.bus.UpstreamHealth.State;
import io.gatehouse.entity.Upstream;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityChange;
import io.gatehouse.schema.Field;
import io.gatehouse.store.entity.ListQuery.Order;
import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the health and the targets of Upstreams (docs/reference/admin-api.md#health). */
public final class UpstreamEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamEndpoints.class);
    private static final String TARGETS = "/upstreams/{upstreams}/targets";
    private static final String TARGET = TARGETS + "/{targets}";

    private final EntityActions actions;
    private final HealthClient health;
    private final WritePublisher publisher;
    private final Auditor auditor;
    private final Field reference = EntitySchemas.TARGETS.field("upstream").orElseThrow();

    public UpstreamEndpoints(EntityActions actions, HealthClient health, WritePublisher publisher, Auditor auditor) {
        this.actions = actions;
        this.health = health;
        this.publisher = publisher;
        this.auditor = auditor;
    }

    public List<Endpoint> all() {
        List<Field> list = ListParameters.fields(EntitySchemas.TARGETS);
        List<Field> health = new ArrayList<>(list);
        health.add(Field.string("balancer_health").lengthAtLeast(0));
        return List.of(
                new Endpoint(
                        TARGETS,
                        Map.of(
                                HttpMethod.GET,
                                request -> targets(request, Order.NEWEST_FIRST),
                                HttpMethod.POST,
                                request -> upstream(request)
                                        .compose(parent -> actions.create(request, EntitySchemas.TARGETS, parent))),
                        EntitySchemas.TARGETS),
                new Endpoint(
                        TARGET,
                        Map.of(
                                HttpMethod.GET,
                                request -> upstream(request)
                                        .compose(parent -> actions.get(EntitySchemas.TARGETS, target(request), parent)),
                                HttpMethod.PUT,
                                request -> upstream(request).compose(parent -> put(request, parent)),
                                HttpMethod.PATCH,
                                request -> upstream(request).compose(parent -> patch(request, parent)),
                                HttpMethod.DELETE,
                                request -> upstream(request)
                                        .compose(parent -> actions.delete(
                                                request, EntitySchemas.TARGETS, target(request), parent))),
                        EntitySchemas.TARGETS),
                // In Kong, /all includes inactive targets. Gatehouse has none.
                new Endpoint(
                        TARGETS + "/all",
                        HttpMethod.GET,
                        Operation.query(list),
                        request -> targets(request, Order.BY_ID)),
                new Endpoint("/upstreams/{upstreams}/health", HttpMethod.GET, Operation.query(health), this::health),
                new Endpoint(TARGET + "/healthy", HttpMethod.PUT, Operation.of(204), request -> set(request, true)),
                new Endpoint(TARGET + "/unhealthy", HttpMethod.PUT, Operation.of(204), request -> set(request, false)));
    }

    private Future<Parent> upstream(AdminRequest request) {
        return actions.parent(EntitySchemas.UPSTREAMS, reference, request.variable(0));
    }

    /** Returns the target's id or the stored form of its name, so that every spelling of a name finds the same target. */
    private static String target(AdminRequest request) {
        String idOrName = request.variable(1);
        return EntityWriter.uuid(idOrName).isPresent()
                ? idOrName
                : String.valueOf(EntitySchemas.TARGETS
                        .expand()
                        .apply(Map.of("target", idOrName))
                        .get("target"));
    }

    private Future<AdminResponse> patch(AdminRequest request, Parent parent) {
        return actions.patch(request, EntitySchemas.TARGETS, target(request), parent);
    }

    /** Changes the fields of an existing target that the body contains, as Kong does, and may rename it; creates a missing one. */
    private Future<AdminResponse> put(AdminRequest request, Parent parent) {
        return actions.exists(EntitySchemas.TARGETS, target(request), parent)
                .compose(exists -> exists ? patch(request, parent) : create(request, parent));
    }

    /** Creates a target. As in Kong, a target does not move: the id of another Upstream's names none. */
    private Future<AdminResponse> create(AdminRequest request, Parent parent) {
        String idOrName = target(request);
        Future<Boolean> isOfAnother = EntityWriter.uuid(idOrName).isPresent()
                ? actions.exists(EntitySchemas.TARGETS, idOrName, null)
                : Future.succeededFuture(false);
        return isOfAnother.compose(exists -> exists
                ? Future.failedFuture(AdminError.NOT_FOUND.exception())
                : actions.put(request, EntitySchemas.TARGETS, idOrName, parent));
    }

    private Future<AdminResponse> targets(AdminRequest request, Order order) {
        return upstream(request)
                .compose(parent -> actions.list(request, EntitySchemas.TARGETS, parent, order, Document::values));
    }

    /** Lists the targets with their health; with {@code balancer_health=1}, returns only the health of the Upstream. */
    private Future<AdminResponse> health(AdminRequest request) {
        boolean whole = request.parameter("balancer_health").filter("1"::equals).isPresent();
        return actions.existing(EntitySchemas.UPSTREAMS, request.variable(0), null)
                .compose(upstream -> health.ask(upstream.id())
                        .recover(failure -> {
                            LOG.warn(
                                    "[{}] No proxy reported health; responding 503: {}",
                                    request.id(),
                                    LogText.of(failure));
                            return Future.failedFuture(AdminError.NO_PROXY.exception());
                        })
                        .compose(seen -> whole
                                ? Future.succeededFuture(AdminResponse.ok(overall(Upstream.of(upstream), seen)))
                                : actions.list(
                                                request,
                                                EntitySchemas.TARGETS,
                                                new Parent(reference.name(), upstream.id()),
                                                Order.NEWEST_FIRST,
                                                target -> HealthDescription.of(target, seen))
                                        .map(page -> withNode(page, seen))));
    }

    private static Map<String, @Nullable Object> overall(Upstream upstream, UpstreamHealth seen) {
        Map<String, @Nullable Object> health = new LinkedHashMap<>();
        health.put("data", HealthDescription.of(upstream, seen));
        health.put("next", null);
        health.put("node_id", seen.nodeId());
        return health;
    }

    private static AdminResponse withNode(AdminResponse page, UpstreamHealth seen) {
        Map<Object, @Nullable Object> body = new LinkedHashMap<>();
        if (page.body() instanceof Map<?, ?> fields) {
            body.putAll(fields);
        }
        body.put("node_id", seen.nodeId());
        return new AdminResponse(page.status(), body, page.headers());
    }

    private Future<AdminResponse> set(AdminRequest request, boolean healthy) {
        return upstream(request)
                .compose(parent -> actions.existing(EntitySchemas.TARGETS, target(request), parent)
                        .compose(target -> auditor.record(request, marked(target, healthy))
                                .compose(recorded -> {
                                    AuditLog.note(
                                            request,
                                            "marked " + target.id() + " " + (healthy ? "healthy" : "unhealthy"));
                                    return health.set(parent.id(), target.string("target"), healthy);
                                })))
                .compose(late -> publisher.marked(AdminResponse.NO_CONTENT, late));
    }

    private static EntityChange marked(Document target, boolean healthy) {
        State state = healthy ? State.HEALTHY : State.UNHEALTHY;
        return new EntityChange(
                EntitySchemas.TARGETS.name(),
                target.id(),
                target.string("target"),
                EntityChange.Operation.UPDATE,
                List.of(new EntityChange.FieldChange("health", null, state.name(), null)));
    }
}
