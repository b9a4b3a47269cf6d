package io.gatehouse.store;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which page of which entities.
 *
 * @param size how many at most
 * @param after the last id of the page before, or null
 * @param tags entities that have these tags; empty: all
 * @param anyTag whether one of the tags is enough
 * @param equal values of fields: a text, or the id a reference must have
 */
public record ListQuery(int size, @Nullable UUID after, List<String> tags, boolean anyTag, Map<String, Object> equal) {}
