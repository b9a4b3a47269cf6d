package io.gatehouse.plugin;

/**
 * Ends the response phase of a plugin: the client receives another response than the upstream's. It is expected, so it has no
 * stack trace. Thrown for a response of the gateway itself, it has no effect.
 */
public final class ReplacedResponse extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Outcome.Response response;

    public ReplacedResponse(Outcome.Response response) {
        super("a plugin replaced the response with " + response.status(), null, false, false);
        this.response = response;
    }

    /** Returns what the client receives. The plugins change it as any response of the gateway. */
    public Outcome.Response response() {
        return response;
    }
}
