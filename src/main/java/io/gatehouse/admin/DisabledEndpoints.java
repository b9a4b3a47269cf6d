package io.gatehouse.admin;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rejects requests at endpoints of Kong that need a mode of operation that this gateway does not have. The status is 400 instead
 * of 404, by which clients recognize the mode (docs/reference/admin-api.md#about-the-node).
 */
final class DisabledEndpoints {
    private static final String WITHOUT_DATABASE =
            "this endpoint is only available when Kong is configured to not use a database";
    private static final String CONTROL_PLANE =
            "this endpoint is only available when Kong is configured to run as Control Plane for the cluster";
    private static final String WASM = "this endpoint is only available when wasm is enabled";

    private DisabledEndpoints() {}

    static List<Endpoint> all() {
        return List.of(
                disabled("/config", WITHOUT_DATABASE, HttpMethod.GET, HttpMethod.POST),
                disabled("/clustering/data-planes", CONTROL_PLANE, HttpMethod.GET),
                disabled("/clustering/status", CONTROL_PLANE, HttpMethod.GET),
                disabled("/filter-chains", WASM, HttpMethod.GET, HttpMethod.POST),
                disabled("/filter-chains/{filter_chains}", WASM, entityMethods()),
                disabled("/filter-chains/{filter_chains}/route", WASM, entityMethods()),
                disabled("/filter-chains/{filter_chains}/service", WASM, entityMethods()));
    }

    private static HttpMethod[] entityMethods() {
        return new HttpMethod[] {HttpMethod.GET, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE};
    }

    private static Endpoint disabled(String template, String message, HttpMethod... methods) {
        Function<AdminRequest, Future<AdminResponse>> action =
                request -> Future.failedFuture(AdminError.BAD_REQUEST.exception(message));
        return new Endpoint(
                template, Stream.of(methods).collect(Collectors.toUnmodifiableMap(method -> method, method -> action)));
    }
}
