package io.gatehouse.store.entity;

import io.gatehouse.schema.Document;
import java.util.List;

/** Holds a page of entities in the order of their ids, and whether another page follows. */
public record Page(List<Document> documents, boolean hasMore) {}
