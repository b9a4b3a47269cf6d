package io.gatehouse.config;

import java.util.List;
import java.util.Set;

/**
 * Configures what the proxy adds to responses.
 *
 * @param fields the header fields that it adds
 * @param errorType media type of an error if the {@code Accept} header of the request selects none
 * @param debug whether a request with {@code Kong-Debug} receives the ids of its Route and Service
 */
public record ResponseConfig(Set<ResponseField> fields, String errorType, boolean debug) {
    /** Words for the fields of the default. */
    public static final String DEFAULT_FIELDS = "server_tokens,latency_tokens,X-Kong-Request-Id";

    public static final String DEFAULT_ERROR_TYPE = "application/json";

    public static final ResponseConfig DEFAULT =
            new ResponseConfig(ResponseField.named(List.of(DEFAULT_FIELDS.split(",", -1))), DEFAULT_ERROR_TYPE, false);

    public ResponseConfig {
        fields = Set.copyOf(fields);
    }
}
