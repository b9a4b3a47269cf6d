package io.gatehouse.syntax.form;

/** A name and a value of a form or a query. */
public record FormPair(String name, String value) {}
