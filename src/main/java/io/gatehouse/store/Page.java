package io.gatehouse.store;

import io.gatehouse.schema.Document;
import java.util.List;

/** Some entities in the order of their ids, and whether there are more. */
public record Page(List<Document> documents, boolean hasMore) {}
