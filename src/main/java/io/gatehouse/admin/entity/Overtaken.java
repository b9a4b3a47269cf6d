package io.gatehouse.admin.entity;

/** Signals that another request changed an entity between its read and its write. */
final class Overtaken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Overtaken() {
        super("Another request changed the entity", null, false, false);
    }
}
