package io.gatehouse.entity.plugin;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the {@code proxy-cache} plugin's configuration. */
final class ProxyCachePluginSchema {
    private static final int LOWEST_STATUS = 100;
    private static final int HIGHEST_STATUS = 900;

    static final PluginSchema SCHEMA = new PluginSchema(
            "proxy-cache",
            "0.1.0",
            100,
            List.of(
                    Field.array("response_code", Field.integer("").between(LOWEST_STATUS, HIGHEST_STATUS))
                            .required()
                            .lengthAtLeast(1)
                            .defaultTo(List.of(200L, 301L, 404L)),
                    Field.array("request_method", Field.element().oneOf("HEAD", "GET", "POST", "PATCH", "PUT"))
                            .required()
                            .defaultTo(List.of("GET", "HEAD")),
                    Field.array("content_type", Field.element())
                            .required()
                            .defaultTo(List.of("text/plain", "application/json")),
                    Field.integer("cache_ttl").greaterThan(0).defaultTo(300L),
                    Field.string("strategy").required().oneOf("memory"),
                    Field.bool("cache_control").required().defaultTo(false),
                    Field.bool("ignore_uri_case").defaultTo(false),
                    Field.integer("storage_ttl").greaterThan(0),
                    Field.record(
                                    "memory",
                                    Field.string("dictionary_name").required().defaultTo("kong_db_cache"))
                            .required(),
                    Field.array("vary_query_params", Field.element()),
                    Field.array("vary_headers", CommonFields.headerName(Field.element())),
                    Field.record(
                                    "response_headers",
                                    Field.bool("age").defaultTo(true),
                                    Field.bool("X-Cache-Status").defaultTo(true),
                                    Field.bool("X-Cache-Key").defaultTo(true))
                            .required()),
            List.of(),
            true);

    private ProxyCachePluginSchema() {}
}
