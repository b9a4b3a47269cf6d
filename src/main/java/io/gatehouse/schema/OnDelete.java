package io.gatehouse.schema;

/** Determines what happens to an entity when the entity that it references is deleted. */
public enum OnDelete {
    /** It is deleted too. */
    CASCADE,
    /** The delete of the other entity is rejected. */
    RESTRICT
}
