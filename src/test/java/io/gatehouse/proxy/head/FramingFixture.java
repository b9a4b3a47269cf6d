package io.gatehouse.proxy.head;

import io.gatehouse.testing.Gatehouse;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Runs a node with one API for the tests of a class, at an upstream that records the bytes of its requests. */
abstract class FramingFixture {
    static Gatehouse gatehouse;
    static ScriptedUpstream upstream;

    @BeforeAll
    static void start() throws IOException {
        upstream = new ScriptedUpstream();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/", upstream.port());
    }

    @AfterAll
    static void stop() throws IOException {
        gatehouse.close();
        upstream.close();
    }

    @BeforeEach
    void behave() {
        upstream.invalidate();
        upstream.behave(request -> ScriptedUpstream.OK);
    }
}
