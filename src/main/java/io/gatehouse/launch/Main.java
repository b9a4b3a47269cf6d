package io.gatehouse.launch;

/** Starts a node. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {}
}
