package io.gatehouse.admin.entity;

import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.admin.http.ListParameters;
import io.gatehouse.admin.http.Operation;
import io.gatehouse.admin.http.PageResponse;
import io.gatehouse.store.entity.TagStore;
import io.gatehouse.store.entity.TagStore.Tagged;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Serves {@code /tags}: the tags of all entities. */
public final class TagEndpoints {
    private final TagStore store;

    public TagEndpoints(TagStore store) {
        this.store = store;
    }

    public List<Endpoint> all() {
        Operation operation = Operation.query(ListParameters.PAGING);
        return List.of(
                new Endpoint("/tags", HttpMethod.GET, operation, request -> list(request, null)),
                new Endpoint("/tags/{tags}", HttpMethod.GET, operation, request -> list(request, request.variable(0))));
    }

    private Future<AdminResponse> list(AdminRequest request, @Nullable String tag) {
        ListParameters parameters = ListParameters.paging(request);
        Tagged after = parameters
                .offset()
                .map(offset -> parse(offset)
                        .orElseThrow(() -> ListParameters.invalidOffset(
                                request.parameter("offset").orElse(""))))
                .orElse(null);
        return store.list(tag, after, parameters.size() + 1).map(found -> {
            boolean more = found.size() > parameters.size();
            List<Tagged> page = more ? found.subList(0, parameters.size()) : found;
            return PageResponse.of(
                    request,
                    page.stream().map(TagEndpoints::shown).toList(),
                    more ? Optional.of(offset(page.get(page.size() - 1))) : Optional.empty());
        });
    }

    private static Map<String, Object> shown(Tagged tagged) {
        return Map.of(
                "entity_name", tagged.entityName(),
                "entity_id", tagged.entityId().toString(),
                "tag", tagged.tag());
    }

    private static String offset(Tagged tagged) {
        return tagged.entityId() + "/" + tagged.entityName() + "/" + tagged.tag();
    }

    private static Optional<Tagged> parse(String offset) {
        String[] parts = offset.split("/", 3);
        Optional<UUID> id = EntityWriter.uuid(parts[0]);
        return id.isPresent() && parts.length == 3 && offset.indexOf('\0') < 0
                ? Optional.of(new Tagged(parts[1], id.get(), parts[2]))
                : Optional.empty();
    }
}
