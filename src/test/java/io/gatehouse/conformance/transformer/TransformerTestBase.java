package io.gatehouse.conformance.transformer;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Upstream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Runs a gateway before an upstream that echoes requests, unless a test changes its behaviour. */
abstract class TransformerTestBase {
    static PluginApi api;

    @BeforeAll
    static void start() {
        api = new PluginApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @AfterEach
    void echo() {
        api.upstream.behave(Upstream::echo);
    }

    /** Returns the path of a Service with {@code request-transformer}. */
    static String onRequests(String... edits) {
        return api.protectedBy("request-transformer", PluginApi.edits(edits));
    }

    /** Returns the path of a Service with {@code response-transformer}. */
    static String onResponses(String... edits) {
        return api.protectedBy("response-transformer", PluginApi.edits(edits));
    }
}
