package io.gatehouse.admin;

/** One name and value of a form or a query. */
record FormPair(String name, String value) {}
