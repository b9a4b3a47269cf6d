package io.gatehouse.admin.entity;

import io.gatehouse.bus.UpstreamHealth;
import io.gatehouse.bus.UpstreamHealth.AddressHealth;
import io.gatehouse.bus.UpstreamHealth.State;
import io.gatehouse.bus.UpstreamHealth.TargetHealth;
import io.gatehouse.entity.Upstream;
import io.gatehouse.schema.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describes the health of an Upstream and of its targets in Kong's form (docs/reference/admin-api.md#health). */
final class HealthDescription {
    private HealthDescription() {}

    /** Describes a whole Upstream. Without a check, its health is off, although it may have no target to use. */
    static Map<String, Object> of(Upstream upstream, UpstreamHealth seen) {
        State balancer = seen.state() == State.UNHEALTHY ? State.UNHEALTHY : State.HEALTHY;
        State health = upstream.healthchecks().isOn() ? balancer : State.HEALTHCHECKS_OFF;
        List<AddressHealth> addresses = seen.targets().stream()
                .flatMap(target -> target.addresses().stream())
                .toList();
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("id", upstream.id().toString());
        description.put("health", health.name());
        description.put("balancer_health", balancer.name());
        description.put("details", Map.of("healthy", balancer == State.HEALTHY, "weight", weight(addresses)));
        return description;
    }

    /** Adds the health of a target to its fields. */
    static Map<String, @Nullable Object> of(Document target, UpstreamHealth seen) {
        String name = target.string("target");
        TargetHealth its = seen.targets().stream()
                .filter(one -> one.target().equals(name))
                .findFirst()
                .orElse(new TargetHealth(name, State.DNS_ERROR, List.of()));
        int colon = name.lastIndexOf(':');
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("host", name.substring(0, colon));
        data.put("port", Integer.parseInt(name.substring(colon + 1)));
        data.put("dns", recordType(its.addresses()));
        data.put("nodeWeight", target.integer("weight"));
        data.put("weight", weight(its.addresses()));
        data.put(
                "addresses",
                its.addresses().stream().map(HealthDescription::address).toList());
        Map<String, @Nullable Object> description = new LinkedHashMap<>(target.values());
        description.put("health", its.state().name());
        description.put("data", data);
        return description;
    }

    private static String recordType(List<AddressHealth> addresses) {
        if (addresses.isEmpty()) {
            return "unknown";
        }
        return addresses.get(0).ip().indexOf(':') < 0 ? "A" : "AAAA";
    }

    private static Map<String, Object> weight(List<AddressHealth> addresses) {
        int total = addresses.stream().mapToInt(AddressHealth::weight).sum();
        int unavailable = addresses.stream()
                .filter(address -> address.health() == State.UNHEALTHY)
                .mapToInt(AddressHealth::weight)
                .sum();
        Map<String, Object> weight = new LinkedHashMap<>();
        weight.put("total", total);
        weight.put("available", total - unavailable);
        weight.put("unavailable", unavailable);
        return weight;
    }

    private static Map<String, Object> address(AddressHealth address) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("ip", address.ip());
        description.put("port", address.port());
        description.put("weight", address.weight());
        description.put("health", address.health().name());
        return description;
    }
}
