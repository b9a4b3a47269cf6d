package io.gatehouse.store;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Selects a page of entities.
 *
 * @param size the most entities of a page
 * @param after the last id of the previous page; null: the first page
 * @param tags tags that the entities must have; empty: no condition
 * @param anyTag whether one of the tags is sufficient
 * @param equal values of fields: a text, or the id of a reference
 */
public record ListQuery(int size, @Nullable UUID after, List<String> tags, boolean anyTag, Map<String, Object> equal) {}
