package io.gatehouse.syntax.form;

/** Holds one decoded name and value of a form or a query. */
public record FormPair(String name, String value) {
    /** More pairs in one form or query make it malformed. The limit bounds the memory of the parsed form. */
    public static final int LIMIT = 1_000;
}
