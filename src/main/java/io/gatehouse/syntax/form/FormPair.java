package io.gatehouse.syntax.form;

/** One name and value of a form or a query. */
public record FormPair(String name, String value) {}
