package io.gatehouse.proxy.exchange;

import io.gatehouse.plugin.FinishedRequest.Attempt;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the upstream requests of one request for the plugins that log it. */
public final class ForwardingRecord {
    private final List<Attempt> attempts = new ArrayList<>(1);
    private @Nullable String target;
    private int status;

    /** Returns the target of the upstream request; null if the request was not forwarded. */
    public @Nullable String target() {
        return target;
    }

    public void target(String pathAndQuery) {
        this.target = pathAndQuery;
    }

    /** Returns the status of the upstream's response; 0 without one. */
    public int status() {
        return status;
    }

    public void status(int newStatus) {
        this.status = newStatus;
    }

    public List<Attempt> attempts() {
        return List.copyOf(attempts);
    }

    public void attempt(String address, int port) {
        attempts.add(new Attempt(address, port, System.currentTimeMillis(), 0));
    }

    /** Sets the status of the failure of the last attempt. */
    public void failed(int failure) {
        if (!attempts.isEmpty()) {
            Attempt last = attempts.remove(attempts.size() - 1);
            attempts.add(new Attempt(last.address(), last.port(), last.startedAtMillis(), failure));
        }
    }
}
